import { connect } from '../cluster/connect.ts';
import { exitCodes, type Console, type ExitCode } from '../console.ts';
import type { GivenOptions } from '../program/parse.ts';
import { clusterProblem } from './cluster-problem.ts';
import { hookLogs } from './hook-logs.ts';
import { readRuns } from './read.ts';
import { readHookNumber, readRunsOptions } from './settings.ts';
import { selectRuns } from './target.ts';
import { readRun } from './view.ts';

/** The command `logs`: what hooks printed on standard output goes there, and all else on standard error. */
export async function runLogs(
  given: GivenOptions,
  positional: string | null,
  console: Console,
): Promise<ExitCode | { readonly wrong: string }> {
  const reading = readRunsOptions(given, positional, 'pod');
  if (!reading.ok) return { wrong: reading.message };
  const { choice, namespace, target } = reading.value;
  if (target?.kind !== 'pod') return { wrong: 'logs are those of a pod' };
  const numberText = given.get('hook')?.at(-1);
  const number = numberText === undefined ? null : readHookNumber(numberText);
  if (number !== null && !number.ok) return { wrong: number.message };
  try {
    const objects = await readRuns(connect(choice), namespace);
    const selection = selectRuns(objects.map(readRun), target);
    if (selection.is === 'unclear') return { wrong: selection.message };
    const [run] = selection.is === 'found' ? selection.runs : [];
    const object = objects.find(
      ({ metadata }) => metadata.name === run?.name && metadata.namespace === run.view.namespace,
    );
    if (object === undefined) {
      console.complain(selection.is === 'none' ? selection.message : 'the HookRun is gone');
      return exitCodes.failed;
    }
    const logs = hookLogs(object, number?.value ?? null);
    for (const { to, text } of logs.parts) {
      if (to === 'out') console.out(`${text}\n`);
      else console.complain(text);
    }
    return logs.found ? exitCodes.done : exitCodes.failed;
  } catch (error) {
    console.complain(clusterProblem(error, namespace));
    return exitCodes.failed;
  }
}
