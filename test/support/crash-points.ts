import type { Point } from './proxy-point.ts';
import type { Gate } from './recording-proxy.ts';
import type { ProxiedExecutor, ProxiedExecutors } from './proxied-executor.ts';
import type { ServiceProcess } from './service-process.ts';

/** Where an executor is to die, for one pod. */
export interface Target {
  /** null: at a point that concerns no pod. */
  readonly pod: string | null;
  /** Of the point. */
  readonly label: string;
  /** Of a later one that comes in any case: a look may be taken once or twice, and an output come in one frame or in two. */
  readonly orAtLatest?: string;
}

/** Whether a point is where the executor is to die. */
export function isAt({ label, orAtLatest }: Target, point: string): boolean {
  return point === label || point === orAtLatest;
}

/** Far longer than any point takes to come. */
const patienceMs = 60_000;

/**
 * Labels of the points of a pod's hooks, in the order in which they came. Without the client's answer to a close, which comes
 * through or does not: the server hangs up at the same moment.
 */
export function pointsOf(points: readonly Point[], pod: string): string[] {
  const own = points.filter((point) => point.pod === pod).map(({ label }) => label);
  return own.filter((label) => !/^frame out .* close \d+$/.test(label));
}

/** One life of an executor, which is to end at given points. */
export interface Life {
  readonly process: ServiceProcess;
  /** All points so far. */
  readonly points: readonly Point[];
  /**
   * Kills it (SIGKILL) when it is at all its points. Throws, and names the points, if some never come; it is killed all the same.
   */
  dies(): Promise<void>;
}

/**
 * Starts an executor that comes to given points of several pods: each pod is held at its own, so that one death is every
 * pod's at exactly that point.
 */
export async function startLife(executors: ProxiedExecutors, targets: readonly Target[]): Promise<Life> {
  const open = new Set(targets);
  const held = new Set<string>();
  const all = Promise.withResolvers<undefined>();
  const death = Promise.withResolvers<'drop'>();
  const gate: Gate = ({ pod, label, shape }) => {
    // Events are written by few writers for all pods: those of a pod that is held would keep others from their points.
    if (pod !== null && held.has(pod)) return shape.includes(' event ') ? 'pass' : death.promise;
    const target = targets.find((each) => each.pod === pod && isAt(each, label));
    if (target === undefined) return 'pass';
    open.delete(target);
    if (pod !== null) held.add(pod);
    if (open.size === 0) all.resolve(undefined);
    return death.promise;
  };
  const executor = await executors.start({}, gate);
  return {
    process: executor.process,
    points: executor.proxy.points,
    async dies() {
      const late = Promise.withResolvers<never>();
      const timer = setTimeout(() => late.reject(new Error(missed([...open], executor))), patienceMs);
      try {
        await Promise.race([all.promise, late.promise]);
      } finally {
        clearTimeout(timer);
        executor.process.kill('SIGKILL');
        await executor.process.ended;
        death.resolve('drop');
        await executors.kill(executor);
      }
    },
  };
}

function missed(targets: readonly Target[], { proxy }: ProxiedExecutor): string {
  const lines = targets.map(({ pod, label }) => {
    const came = proxy.points.filter((point) => point.pod === pod).map((point) => point.label);
    return `${label} of ${pod ?? 'no pod'}; these did: ${came.join(', ')}`;
  });
  return `points that never came:\n${lines.join('\n')}`;
}
