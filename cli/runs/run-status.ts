import type { Cluster } from '../../shared/service/cluster.ts';
import { connect } from '../cluster/connect.ts';
import { exitCodes, type Console, type ExitCode } from '../console.ts';
import type { GivenOptions } from '../program/parse.ts';
import { changeLines } from './change-lines.ts';
import { clusterProblem } from './cluster-problem.ts';
import { followRuns, longestMs } from './follow.ts';
import { lineText, type Line } from './line.ts';
import { readRuns } from './read.ts';
import { openScreen } from './screen.ts';
import { readRunsOptions, type RunsOptions } from './settings.ts';
import { liveLines, statusLines, type StatusOptions } from './status-lines.ts';
import { exitCodeOf, groupRuns, judgeRuns } from './summary.ts';
import { runsOfPod, runsOfRestore, targetText } from './target.ts';
import { readRun, type KnownRun } from './view.ts';

/** Times on a screen go on by themselves. */
const tickMs = 1_000;

/** The command `status`. */
export async function runStatus(
  given: GivenOptions,
  positional: string | null,
  console: Console,
): Promise<ExitCode | { readonly wrong: string }> {
  const reading = readRunsOptions(given, positional, 'restore');
  if (!reading.ok) return { wrong: reading.message };
  const options = reading.value;
  const isJson = given.get('output')?.at(-1) === 'json';
  if (isJson && given.has('watch')) return { wrong: '--watch shows a table: it cannot be combined with -o json' };
  try {
    const cluster = connect(options.choice);
    if (given.has('watch')) return await watch(cluster, options, console);
    const runs = pick((await readRuns(cluster, options.namespace)).map(readRun), options);
    if (isJson) console.out(`${JSON.stringify(inOrder(runs), null, 2)}\n`);
    else if (runs.length > 0) console.out(text(statusLines(runs, statusOptions(console)), console));
    if (runs.length === 0) console.complain(nothingFound(options));
    return exitCodeOf(judgeRuns(runs));
  } catch (error) {
    console.complain(clusterProblem(error, options.namespace));
    return exitCodes.unanswered;
  }
}

/** Why there is nothing to be shown. */
export function nothingFound({ target, namespace }: RunsOptions): string {
  const where = namespace === null ? 'in any namespace' : `in the namespace ${namespace}`;
  return `there are no HookRuns${target === null ? '' : ` of ${targetText(target)}`} ${where}`;
}

/** The runs that are meant. */
export function pick(runs: readonly KnownRun[], { target }: RunsOptions): readonly KnownRun[] {
  if (target === null) return runs;
  return target.kind === 'pod' ? runsOfPod(runs, target) : runsOfRestore(runs, target.name);
}

async function watch(cluster: Cluster, options: RunsOptions, console: Console): Promise<ExitCode> {
  const follower = followRuns(cluster, options.namespace);
  try {
    return console.terminal === null
      ? await watchByLine(follower, options, console)
      : await watchOnScreen(follower, options, console);
  } finally {
    await follower.stop();
  }
}

type Follower = ReturnType<typeof followRuns>;

async function watchOnScreen(follower: Follower, options: RunsOptions, console: Console): Promise<ExitCode> {
  const screen = openScreen(console.out);
  for (;;) {
    const runs = pick(await follower.next(tickMs), options);
    const verdict = judgeRuns(runs);
    const shown = statusOptions(console);
    if (verdict === 'failed' || verdict === 'succeeded') {
      screen.draw(statusLines(runs, shown).map((line) => lineText(line, paperOf(console))));
      return exitCodeOf(verdict);
    }
    // One is the cursor's, and one for what may be wrong with the connection.
    const rows = Math.max(1, (console.terminal?.rows ?? 0) - 2);
    const lines = runs.length === 0 ? [[{ text: `${nothingFound(options)} yet` }]] : liveLines(runs, shown, rows);
    const trouble = follower.trouble();
    if (trouble !== null) lines.push([{ text: clusterProblem(trouble, options.namespace), paint: 'yellow' }]);
    screen.draw(lines.map((line) => lineText(line, paperOf(console))));
  }
}

async function watchByLine(follower: Follower, options: RunsOptions, console: Console): Promise<ExitCode> {
  let before: readonly KnownRun[] = [];
  let hasWaited = false;
  for (;;) {
    const runs = pick(await follower.next(longestMs), options);
    const trouble = follower.trouble();
    if (trouble !== null) console.complain(`${clusterProblem(trouble, options.namespace)}; it is asked again`);
    if (runs.length === 0 && !hasWaited) console.complain(`${nothingFound(options)} yet`);
    hasWaited = true;
    console.out(
      changeLines(before, runs)
        .map((line) => `${line}\n`)
        .join(''),
    );
    before = runs;
    const verdict = judgeRuns(runs);
    if (verdict !== 'failed' && verdict !== 'succeeded') continue;
    console.out(`\n${text(statusLines(runs, statusOptions(console)), console)}`);
    return exitCodeOf(verdict);
  }
}

function statusOptions({ terminal, program }: Console): StatusOptions {
  return { nowMs: Date.now(), columns: terminal?.columns ?? null, program };
}

function paperOf({ terminal }: Console) {
  return { columns: terminal?.columns ?? null, hasColour: terminal?.hasColour ?? false };
}

function text(lines: readonly Line[], console: Console): string {
  return lines.map((line) => `${lineText(line, paperOf(console))}\n`).join('');
}

function inOrder(runs: readonly KnownRun[]) {
  return groupRuns(runs).flatMap((group) => group.runs.map(({ view }) => view));
}
