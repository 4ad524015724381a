import type { ServiceProcess } from './service-process.ts';
import { CrashScene } from './crash-scene.ts';
import { FaultPods, type HookEnd } from './fault-pods.ts';
import type { ProxiedExecutor } from './proxied-executor.ts';
import type { Point } from './proxy-point.ts';
import type { Gate } from './recording-proxy.ts';

/** Those of the chart. */
const leases = {
  RESTORE_HOOKS_LEASE_DURATION_SECONDS: '15',
  RESTORE_HOOKS_LEASE_RENEW_DEADLINE_SECONDS: '10',
  RESTORE_HOOKS_LEASE_RETRY_PERIOD_SECONDS: '2',
};

/** One executor at a time behind a proxy, and pods whose hooks are told by files. */
export class FaultLine {
  readonly crash: CrashScene;
  readonly pods: FaultPods;
  #executor: ProxiedExecutor | null = null;

  static async open(): Promise<FaultLine> {
    const crash = await CrashScene.open({ executorEnv: leases });
    await crash.bury();
    return new FaultLine(crash, await FaultPods.open(crash.scene));
  }

  private constructor(crash: CrashScene, pods: FaultPods) {
    this.crash = crash;
    this.pods = pods;
  }

  async close(): Promise<void> {
    await this.crash.close();
    await this.pods.close();
  }

  /** Starts an executor with this gate, and does not wait for it. */
  async launch(gate?: Gate): Promise<ProxiedExecutor> {
    this.#executor = await this.crash.executors.start({}, gate);
    return this.#executor;
  }

  /** The same, and resolves when it leads. */
  async start(gate?: Gate): Promise<ProxiedExecutor> {
    const executor = await this.launch(gate);
    await executor.process.line(({ msg }) => msg === 'leading');
    return executor;
  }

  /** Kills the executor, if there is one; the next one need not wait for its Leases. */
  async kill(): Promise<void> {
    if (this.#executor !== null) await this.crash.executors.kill(this.#executor);
    this.#executor = null;
    await this.crash.bury();
  }

  /** What has become of a pod's hook, once that is all. */
  async end(name: string, { process }: { readonly process: ServiceProcess }): Promise<HookEnd> {
    await this.crash.finished(process, [name]);
    return this.pods.end(name);
  }

  /** The same, of a pod that is gone, or another one of its name: its mark cannot be looked at. */
  async endOfGone(name: string, { process }: { readonly process: ServiceProcess }): Promise<HookEnd> {
    await process.line(({ msg, pod }) => msg === 'hooks finished' && pod === name);
    return this.pods.end(name);
  }
}

/** Holds the first point that fits until it is let go. */
export function holdFirst(fits: (point: Point) => boolean) {
  const reached = Promise.withResolvers<undefined>();
  const released = Promise.withResolvers<'pass'>();
  let held = false;
  const gate: Gate = (point) => {
    if (held || !fits(point)) return 'pass';
    held = true;
    reached.resolve(undefined);
    return released.promise;
  };
  return { gate, reached: reached.promise, release: () => released.resolve('pass') };
}
