import { hookRunPath } from '../../shared/hook-run.ts';
import type { Pod } from '../../shared/pod.ts';
import { ApiError } from '../../shared/service/api-error.ts';
import type { Cluster } from '../../shared/service/cluster.ts';
import { answerTimeoutMs, connect } from '../cluster/connect.ts';
import { exitCodes, type Console, type ExitCode } from '../console.ts';
import { printable } from '../plan/printable.ts';
import type { GivenOptions } from '../program/parse.ts';
import { clusterProblem } from './cluster-problem.ts';
import { readRuns } from './read.ts';
import { followLine, leftOut, requestChange, type Request } from './request.ts';
import { readRunsOptions } from './settings.ts';
import { selectRuns, targetText } from './target.ts';
import { podOf, readRun, type KnownRun } from './view.ts';

/** Requests that are on their way at once. */
const atOnce = 8;

/** The commands `rerun` and `cancel`: they write what users may write of a HookRun, so that the cluster decides who may. */
export async function runRequest(
  request: Request,
  given: GivenOptions,
  positional: string | null,
  console: Console,
): Promise<ExitCode | { readonly wrong: string }> {
  const reading = readRunsOptions(given, positional, 'either');
  if (!reading.ok) return { wrong: reading.message };
  const { choice, namespace, target } = reading.value;
  if (target === null) return { wrong: 'a POD or RESTORE is missing' };
  try {
    const cluster = connect(choice);
    const selection = selectRuns((await readRuns(cluster, namespace)).map(readRun), target);
    if (selection.is === 'unclear') return { wrong: selection.message };
    if (selection.is === 'none') {
      console.complain(selection.message);
      return exitCodes.failed;
    }
    const meant = selection.runs.filter((run) => leftOut(request, run, given.has('failed')) === null);
    if (meant.length === 0) {
      const why = selection.runs.map((run) => leftOut(request, run, given.has('failed')) ?? '');
      console.out(`${targetText({ ...target, kind: selection.kind })}: nothing to ${request}: ${why[0] ?? ''}\n`);
      return exitCodes.done;
    }
    const asked = await askAll(cluster, request, meant, console);
    if (asked.length > 0)
      console.out(`Follow it with: ${followLine(console.program, selection.kind, asked, namespace)}\n`);
    return asked.length === meant.length ? exitCodes.done : exitCodes.failed;
  } catch (error) {
    console.complain(clusterProblem(error, namespace));
    return exitCodes.failed;
  }
}

async function askAll(
  cluster: Cluster,
  request: Request,
  runs: readonly KnownRun[],
  console: Console,
): Promise<KnownRun[]> {
  const change = requestChange(request, Date.now());
  const asked: KnownRun[] = [];
  for (let at = 0; at < runs.length; at += atOnce) {
    const batch = runs.slice(at, at + atOnce);
    const problems = await Promise.all(batch.map((run) => ask(cluster, request, run, change)));
    for (const [index, run] of batch.entries()) {
      const problem = problems[index] ?? null;
      if (problem !== null) console.complain(`${podOf(run)}: ${problem}`);
      else {
        console.out(`${printable(podOf(run))}: ${sentence(request, run)}\n`);
        asked.push(run);
      }
    }
  }
  return asked;
}

/** Resolves to why it was not asked for, or null. Throws if the cluster did not answer. */
async function ask(cluster: Cluster, request: Request, run: KnownRun, change: object): Promise<string | null> {
  if (request === 'rerun' && (await isGone(cluster, run))) return 'the pod is gone: its hooks cannot be run again';
  try {
    await cluster.call({
      method: 'PATCH',
      path: hookRunPath(run.view.namespace, run.name),
      contentType: 'application/merge-patch+json',
      body: change,
      timeoutMs: answerTimeoutMs,
    });
    return null;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return error.status === 404 ? 'its HookRun is gone' : `the cluster refused: ${error.message}`;
  }
}

/** Executors answer no request for a pod that is not there. Who may not read pods is not told. */
async function isGone(cluster: Cluster, { view, podUid }: KnownRun): Promise<boolean> {
  const path = `/api/v1/namespaces/${encodeURIComponent(view.namespace)}/pods/${encodeURIComponent(view.pod)}`;
  try {
    const { metadata } = await cluster.call<Pod>({ method: 'GET', path, timeoutMs: answerTimeoutMs });
    return metadata.uid !== podUid;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return error.status === 404;
  }
}

function sentence(request: Request, run: KnownRun): string {
  if (request === 'cancel') return 'cancel asked for: no hook that has not begun is begun any more';
  return run.isFinished ? 'rerun asked for' : 'rerun asked for: it begins when the run that is going on has finished';
}
