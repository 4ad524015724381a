import type { ExecHook, Left } from '../../shared/hook.ts';
import type { PlannedPod } from './plan-pods.ts';
import { commandLine, cut, duration, printable, widthOf } from './printable.ts';

/** Wide enough to know a command again by. */
const commandRoom = 60;
/** As long as the name of a container can be. */
const nameRoom = 63;
const imageRoom = 50;
const ruleRoom = 60;

/** The plans of pods for people: a paragraph for each. */
export function renderTable(pods: readonly PlannedPod[], labelKey: string): string {
  return pods.map((pod) => `${paragraph(pod, labelKey).join('\n')}\n`).join('\n');
}

function paragraph(pod: PlannedPod, labelKey: string): string[] {
  const { element, left, initHooks, execHooks } = pod;
  const { warnings } = element;
  const heading = printable(element.pod);
  if (!element.restored) {
    const [why] = warnings;
    if (why !== undefined) return [heading, `  ${printable(why)}`];
    return [heading, `  not restored: it has no label ${printable(labelKey)} (to take it as restored: --as-restored)`];
  }
  const restoredBy = `${heading}, restored ${by(pod)}`;
  const init = element.init.map((container, index) => [
    String(index + 1),
    cut(container.name, nameRoom),
    cut(container.image ?? '', imageRoom),
    container.command == null ? "the image's own" : commandLine(container.command, commandRoom),
    limit(initHooks[index]?.timeoutMs ?? null),
    source(initHooks[index]),
  ]);
  const exec = element.exec.map((hook, index) => [
    String(index + 1),
    cut(hook.container, nameRoom),
    commandLine(hook.command, commandRoom),
    onError(hook.onError, execHooks[index]?.retries ?? 0),
    limit(hook.execTimeoutMs),
    `${limit(hook.waitTimeoutMs)}${hook.waitForReady ? ', for ready' : ''}`,
    source(hook),
  ]);
  return [
    restoredBy,
    ...(left === null ? [] : [`  ${leftBecause(left)}`]),
    ...(left === null && init.length + exec.length === 0 ? ['  no hooks'] : []),
    ...columns(['INIT', 'CONTAINER', 'IMAGE', 'COMMAND', 'TIMEOUT', 'FROM'], init),
    ...columns(['EXEC', 'CONTAINER', 'COMMAND', 'ON ERROR', 'TIMEOUT', 'WAITS', 'FROM'], exec),
    ...warnings.map((warning) => `  warning: ${printable(warning)}`),
  ];
}

function by({ element, restoreKnown }: PlannedPod): string {
  const name = element.restore ?? '';
  if (restoreKnown) return `by Restore ${cut(name, ruleRoom)}`;
  return name === '' ? 'by no Restore that it names' : `by Restore ${cut(name, ruleRoom)}, which is not known`;
}

function limit(ms: number | null): string {
  return ms === null ? 'none' : duration(ms);
}

function onError(word: ExecHook['onError'], retries: number): string {
  if (retries === 0) return word;
  return `${word}, after ${retries} ${retries === 1 ? 'retry' : 'retries'}`;
}

function source(hook: Pick<ExecHook, 'source' | 'rule'> | undefined): string {
  switch (hook?.source) {
    case undefined:
    case 'annotation':
      return 'annotation';
    case 'own-annotation':
      return 'own annotation';
    case 'restore':
      return `Restore, rule ${cut(hook.rule ?? 'without a name', ruleRoom)}`;
    case 'policy':
      return `policy ${cut(hook.rule ?? '', ruleRoom)}`;
  }
}

function leftBecause(left: Left): string {
  switch (left) {
    case 'observed':
      return 'observed: nothing is patched and nothing run';
    case 'velero-at-work':
      return 'left to Velero, which is at work on its Restore, though the mode is standalone';
    case 'restore-holds-hooks':
      return 'left to Velero: its Restore still holds the hooks, and Velero runs them';
    case 'not-taken-over':
      return 'left to Velero: its namespace is not taken over';
    case 'too-large':
      return 'left alone: its annotations have no room for what has to be added';
  }
}

function columns(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const lines = [headings, ...rows];
  const widths = headings.map((_heading, column) => Math.max(...lines.map((line) => widthOf(line[column] ?? ''))));
  return lines.map((line) => {
    const cells = line.map((cell, column) => `${cell}${' '.repeat((widths[column] ?? 0) - widthOf(cell))}`);
    return `  ${cells.join('  ')}`.trimEnd();
  });
}
