import type { ExecutorNeeds, ExecutorOptions } from '../../executor/executor-parts.ts';
import type { ExecHook } from '../../shared/hook.ts';
import { ExecServer } from './exec-server.ts';
import { FakeApi } from './fake-api.ts';
import { startOn, type InProcessExecutor } from './in-process.ts';

/** An API server in memory, a server for execs, and the executors that a test starts on them. */
export class FakeScene {
  readonly api = new FakeApi();
  readonly exec: ExecServer;
  readonly #executors: InProcessExecutor[] = [];

  static async open(): Promise<FakeScene> {
    return new FakeScene(await ExecServer.start());
  }

  private constructor(exec: ExecServer) {
    this.exec = exec;
  }

  /** @param hooks the exec hooks of each pod, by the pod's name */
  start(
    hooks: Readonly<Record<string, readonly ExecHook[]>>,
    needs: Partial<ExecutorNeeds> = {},
    options: Partial<ExecutorOptions> = {},
  ): InProcessExecutor {
    const cluster = this.api.cluster(this.exec.connection);
    const executor = startOn(cluster, new Map(Object.entries(hooks)), options, needs);
    this.#executors.push(executor);
    return executor;
  }

  async close(): Promise<void> {
    await Promise.all(this.#executors.map((executor) => executor.stop()));
    await this.exec.close();
  }
}
