import { setTimeout as delay } from 'node:timers/promises';
import { kubectl, type KubectlTarget } from '../../support/kubectl.ts';

/** What the API server has answered, and the watches that it serves now. */
export interface ApiUse {
  /** By verb and resource, such as `PATCH hookruns/status`, and `… refused` for those with an answer of 400 or more. */
  readonly requests: ReadonlyMap<string, number>;
  readonly podWatches: number;
}

const refused = ' refused';
const eventsPollMs = 500;

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Reads the API server's own metrics. */
export async function readApiUse(cluster: KubectlTarget): Promise<ApiUse> {
  const { stdout } = await kubectl(cluster, ['get', '--raw', '/metrics']);
  return apiUseOf(stdout);
}

/** Reads them when no Event is written any more: the executor writes them beside its work, and after it. */
export async function awaitEvents(cluster: KubectlTarget, signal: AbortSignal): Promise<ApiUse> {
  let last = await readApiUse(cluster);
  for (;;) {
    await delay(eventsPollMs, undefined, { signal });
    const now = await readApiUse(cluster);
    if (eventsOf(now.requests) === eventsOf(last.requests)) return now;
    last = now;
  }
}

export function apiUseOf(metrics: string): ApiUse {
  const requests = new Map<string, number>();
  for (const { labels, value } of samplesOf(metrics, 'apiserver_request_total')) {
    const name = `${nameOf(labels)}${Number(labels.code) >= 400 ? refused : ''}`;
    requests.set(name, (requests.get(name) ?? 0) + value);
  }
  const podWatches = samplesOf(metrics, 'apiserver_longrunning_requests')
    .filter(({ labels }) => nameOf(labels) === 'WATCH pods')
    .reduce((sum, { value }) => sum + value, 0);
  return { requests, podWatches };
}

/** What the executor can have asked for between two readings: requests for resources that nobody else uses meanwhile. */
export function requestsBetween(before: ApiUse, after: ApiUse): ReadonlyMap<string, number> {
  const changes = [...after.requests].map(([name, count]) => [name, count - (before.requests.get(name) ?? 0)] as const);
  return new Map(changes.filter(([name, count]) => count > 0 && isExecutors(name)));
}

/** Of the writes, records and marks: Events have a number of their own, Leases go by the clock, and what was refused has not been written. */
export function writesOf(requests: ReadonlyMap<string, number>): number {
  return sumOf(requests, (name) => /^(POST|PUT|PATCH|DELETE) (?!events|leases)/.test(name) && !name.endsWith(refused));
}

export function eventsOf(requests: ReadonlyMap<string, number>): number {
  return sumOf(requests, isEvent);
}

export function sumOf(requests: ReadonlyMap<string, number>, counts: (name: string) => boolean = () => true): number {
  return [...requests].reduce((sum, [name, count]) => sum + (counts(name) ? count : 0), 0);
}

function isEvent(name: string): boolean {
  return name === 'POST events';
}

/** The API server itself asks for much else; of Leases it writes one every ten seconds. */
function isExecutors(name: string): boolean {
  return /^\S+ (pods|hookruns|events|leases|restores|restorehookpolicies)(\/| |$)/.test(name);
}

function nameOf({ verb = '', resource = '', subresource = '' }: Sample['labels']): string {
  return `${verb} ${resource}${subresource === '' ? '' : `/${subresource}`}`;
}

function samplesOf(metrics: string, name: string): Sample[] {
  return metrics
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`))
    .map((line) => ({
      labels: Object.fromEntries(
        [...line.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]),
      ),
      value: Number(line.slice(line.lastIndexOf(' '))),
    }));
}
