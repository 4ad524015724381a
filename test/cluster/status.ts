import { componentNames, runs } from './component.ts';
import { serverOf } from './control-plane.ts';
import { listInstances, type Instance } from './instance.ts';
import { formatDuration } from './progress.ts';
import { deadBecause } from './sweep.ts';

/** What one line of the table says. */
export interface Status {
  readonly name: string;
  /** `running`, `starting`, or what is wrong. */
  readonly state: string;
  readonly ageMs: number;
  readonly server: string;
  /** Process id of the owner. null: none. */
  readonly owner: number | null;
}

const header = ['NAME', 'STATE', 'AGE', 'OWNER', 'API SERVER'];

/** Looks at every instance on this machine. */
export async function readStatuses(now: number): Promise<readonly Status[]> {
  return Promise.all(
    (await listInstances()).map(async (instance) => ({
      name: instance.name,
      state: await stateOf(instance),
      ageMs: now - instance.since,
      server: serverOf(instance),
      owner: instance.owner?.pid ?? null,
    })),
  );
}

/** The table, its columns as wide as what is in them. */
export function renderStatuses(statuses: readonly Status[]): string {
  if (statuses.length === 0) return 'No cluster runs. "npm run cluster -- up" starts one.';
  const rows = statuses.map(({ name, state, ageMs, owner, server }) => [
    name,
    state,
    formatDuration(ageMs),
    owner === null ? '-' : String(owner),
    server,
  ]);
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const lines = [header, ...rows].map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return lines.map((line) => line.trimEnd()).join('\n');
}

async function stateOf(instance: Instance): Promise<string> {
  const dead = await deadBecause(instance);
  if (dead !== null) return `dead: ${dead}`;
  if (instance.state === 'starting') return 'starting';
  const down: string[] = [];
  for (const name of componentNames) if (!(await runs(instance, name))) down.push(name);
  return down.length === 0 ? 'running' : `without ${down.join(', ')}`;
}
