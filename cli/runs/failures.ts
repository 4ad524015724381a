import { commandLine, cut, printable } from '../plan/printable.ts';
import { wrapped, type Line } from './line.ts';
import { lastLines } from './output.ts';
import { hasFailed } from './summary.ts';
import { podOf, type ExecView, type KnownRun } from './view.ts';

/** Lines of each of a command's two outputs. `logs` shows all that was kept. */
const mostOutputLines = 5;
/** Pods whose failures are told at length. */
const mostPods = 20;
const commandRoom = 100;
const nameRoom = 63;
const messageRoom = 1_000;
/** Of what does not fit into one line. */
const indent = 6;

/**
 * What went wrong, a paragraph for each pod; hooks that were only cancelled are counted, not listed.
 *
 * @param columns null: no limit
 */
export function failureLines(runs: readonly KnownRun[], program: string, columns: number | null): Line[] {
  const failed = runs.filter((run) => hasFailed(run) || run.view.exec.some(isFailure) || run.view.init.some(isFailure));
  const lines = failed
    .slice(0, mostPods)
    .flatMap((run) => [[], ...paragraph(run)])
    .flatMap((line) => wrapped(line, columns, indent));
  const more = failed.length - mostPods;
  if (more > 0) lines.push([], [{ text: `and ${more} more pods with failures: ${program} status -o json` }]);
  return lines;
}

function paragraph(run: KnownRun): Line[] {
  const { view } = run;
  const heading: Line = [
    { text: printable(podOf(run)), paint: 'bold' },
    { text: ` ${view.phase}`, paint: 'red' },
  ];
  const init = view.init.filter(isFailure).map((hook): Line[] => [
    [
      { text: `  init hook ${cut(hook.name, nameRoom)}: ` },
      { text: reasonOf(hook), paint: 'red' },
      { text: `${exitOf(hook)}${messageOf(hook)}` },
    ],
    [
      {
        text: `    its output: kubectl logs -n ${view.namespace} ${view.pod} -c ${cut(hook.name, nameRoom)}`,
        paint: 'dim',
      },
    ],
  ]);
  const exec = view.exec.flatMap((hook, index) => (isFailure(hook) ? [execLines(hook, index)] : []));
  const cancelled = [...view.init, ...view.exec].filter(({ state }) => state === 'Cancelled');
  const message = cancelled[0]?.message ?? '';
  const rest: Line[] =
    cancelled.length === 0
      ? []
      : [
          [
            { text: `  ${cancelled.length} cancelled` },
            { text: message === '' ? '' : `: ${cut(message, messageRoom)}` },
          ],
        ];
  const told = [...init.flat(), ...exec.flat(), ...rest];
  // What was never run at all has no hook to tell of, or all of them say the same.
  if (told.length === 0 && view.firstProblem !== null)
    told.push([{ text: `  ${cut(view.firstProblem, messageRoom)}` }]);
  return [heading, ...told];
}

function execLines(hook: ExecView, index: number): Line[] {
  const name = hook.name === undefined ? '' : ` ${cut(hook.name, nameRoom)}`;
  const attempts = hook.attempts > 1 ? `, after ${hook.attempts} attempts` : '';
  return [
    [
      { text: `  hook ${index + 1}${name}, container ${cut(hook.container, nameRoom)}: ` },
      { text: reasonOf(hook), paint: 'red' },
      { text: `${exitOf(hook)}${attempts}${messageOf(hook)}` },
    ],
    [{ text: `    $ ${commandLine(hook.command, commandRoom)}`, paint: 'dim' }],
    ...outputOf('stderr', hook.stderr),
    ...outputOf('stdout', hook.stdout),
  ];
}

function outputOf(name: string, output: ExecView['stdout']): Line[] {
  return lastLines(output, mostOutputLines).map((line) => [{ text: `    ${name} | `, paint: 'dim' }, { text: line }]);
}

/** A hook that was never to be run by this record (Missed, TooLarge) has the pod's phase for its reason. */
function isFailure({ state }: { readonly state: string }): boolean {
  return state === 'Failed' || state === 'Interrupted';
}

function reasonOf({ reason, state }: { readonly reason?: string | null; readonly state: string }): string {
  return cut(reason ?? state, nameRoom);
}

function exitOf({ exitCode }: { readonly exitCode?: number | null }): string {
  return exitCode == null ? '' : `, exit code ${exitCode}`;
}

function messageOf({ message }: { readonly message?: string | null }): string {
  return message == null || message === '' ? '' : `: ${cut(message, messageRoom)}`;
}
