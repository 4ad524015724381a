import type { Mode, ModeSetting } from '../../shared/plan-context.ts';
import type { PolicyObject } from '../../shared/policy.ts';
import type { RestoreObject } from '../../shared/restore.ts';
import { exitCodes, type Console, type ExitCode } from '../console.ts';
import { readDocuments, type SourceFile } from '../documents.ts';
import { readInput } from '../input.ts';
import type { GivenOptions } from '../program/parse.ts';
import { chooseRestore, type RestoreTarget } from './as-restored.ts';
import type { LiveObjects, LiveOptions } from './live.ts';
import { readObjects, type PlanObjects } from './objects.ts';
import { planPods, type PlannedPod } from './plan-pods.ts';
import { positionOf } from './position.ts';
import { readPlanOptions, type PlanOptions } from './settings.ts';
import { renderTable } from './table.ts';

/** Of Restores to choose from, those named. */
const mostNames = 10;

/** The command `plan`. Nothing is printed of a plan that is not whole. */
export async function runPlan(given: GivenOptions, console: Console): Promise<ExitCode | { readonly wrong: string }> {
  const reading = readPlanOptions(given);
  if (!reading.ok) return { wrong: reading.message };
  const { options } = reading;
  const input = await readInput(options.files, console.stdin);
  const { objects, problems } = collect(input.files, options.namespace);
  for (const problem of [...input.problems, ...problems]) console.complain(problem);
  if (input.problems.length + problems.length > 0) return exitCodes.failed;
  const asked = await askCluster(options.live);
  if ('problem' in asked) {
    console.complain(asked.problem);
    return exitCodes.failed;
  }
  const { live } = asked;
  const target = targetOf(options, objects, live);
  if (target !== null && 'names' in target) return { wrong: `--as-restored needs a NAME: ${shownNames(target.names)}` };
  const restores = preferred(objects.restores, live?.restores ?? []);
  const policies = preferred(objects.policies, live?.policies ?? []);
  const mode = modeOf(options.mode, live?.restoresServed ?? restores.length > 0);
  const planned = planPods({ pods: objects.pods, restores, policies }, { ...options, mode, target });
  console.out(await render(planned, options));
  if (planned.length === 0) console.complain(`there are no pods among the ${countOf(objects)} objects`);
  return exitCodes.done;
}

function collect(files: readonly SourceFile[], namespace: string) {
  const pods: PlanObjects['pods'][number][] = [];
  const restores: RestoreObject[] = [];
  const policies: PolicyObject[] = [];
  let others = 0;
  const problems: string[] = [];
  for (const file of files) {
    const reading = readDocuments(file);
    for (const { line, column, message } of reading.problems) {
      problems.push(`${file.name}:${line}:${column}: ${message}`);
    }
    for (const source of reading.documents) {
      const { objects, flaws } = readObjects(source.value, namespace);
      for (const { object, path, says } of flaws) {
        const { line, column } = positionOf(source, path);
        problems.push(`${file.name}:${line}:${column}: ${object}: ${pathText(path)}${says}`);
      }
      for (const pod of objects.pods) pods.push(pod);
      for (const restore of objects.restores) restores.push(restore);
      for (const policy of objects.policies) policies.push(policy);
      others += objects.others;
    }
  }
  return { objects: { pods, restores, policies, others }, problems };
}

/** The client library is loaded by nobody else: it takes ten times as long to load as all the rest. */
async function askCluster(
  options: LiveOptions | null,
): Promise<{ readonly live: LiveObjects | null } | { readonly problem: string }> {
  if (options === null) return { live: null };
  const { readLive } = await import('./live.ts');
  try {
    return { live: await readLive(options) };
  } catch (error) {
    return { problem: `the cluster could not be asked: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function targetOf(
  { asRestored }: PlanOptions,
  { restores }: PlanObjects,
  live: LiveObjects | null,
): RestoreTarget | { readonly names: readonly string[] } | null {
  if (asRestored === null) return null;
  const among = restores.length > 0 && asRestored.name === null ? restores : preferred(restores, live?.restores ?? []);
  return chooseRestore(asRestored.name, among);
}

interface Named {
  readonly metadata: { readonly namespace?: string; readonly name?: string };
}

/** Of objects with one name the last one read counts, as if they were applied in turn; those of the cluster were there before. */
function preferred<T extends Named>(read: readonly T[], live: readonly T[]): T[] {
  const byName = new Map<string, T>();
  for (const object of [...live, ...read]) {
    byName.set(JSON.stringify([object.metadata.namespace, object.metadata.name]), object);
  }
  return [...byName.values()];
}

function modeOf(setting: ModeSetting, hasRestores: boolean): Mode {
  if (setting !== 'auto') return setting;
  return hasRestores ? 'takeover' : 'standalone';
}

async function render(planned: readonly PlannedPod[], { format, scope }: PlanOptions): Promise<string> {
  const elements = planned.map(({ element }) => element);
  switch (format) {
    case 'json':
      return `${JSON.stringify(elements, null, 2)}\n`;
    case 'yaml': {
      const { stringify } = await import('yaml');
      // Readers of YAML 1.1, which most are, take `on` for true: such words are quoted.
      return stringify(elements, { aliasDuplicateObjects: false, compat: 'yaml-1.1', lineWidth: 0 });
    }
    case 'table':
      return renderTable(planned, scope.labelKey);
  }
}

function pathText(path: readonly (string | number)[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  return text === '' ? '' : `${text.replace(/^\./, '')} `;
}

function shownNames(names: readonly string[]): string {
  const shown = names.slice(0, mostNames).join(', ');
  return names.length > mostNames ? `one of ${shown} and ${names.length - mostNames} more` : `one of ${shown}`;
}

function countOf({ pods, restores, policies, others }: PlanObjects): number {
  return pods.length + restores.length + policies.length + others;
}
