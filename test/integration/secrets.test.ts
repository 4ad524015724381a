import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Agent } from 'node:http';
import { createEventRecorder } from '../../executor/events.ts';
import { executorMetrics } from '../../executor/metrics.ts';
import { Narrator } from '../../executor/narrator.ts';
import { Registry } from 'prom-client';
import { connectApi } from '../../shared/service/api-client.ts';
import { createLogger } from '../../shared/service/logger.ts';
import { createRedaction } from '../../shared/service/redaction.ts';
import { defaultExecTiming } from '../../executor/exec-session.ts';
import { ExecServer } from '../support/exec-server.ts';
import { FakeApi } from '../support/fake-api.ts';
import { ownLabel, startOn, type InProcessExecutor } from '../support/in-process.ts';
import { buildHook, buildPod, runningStatus } from '../support/pods.ts';
import { buildReview } from '../support/reviews.ts';
import { send, startWebhookProcess, type WebhookProcess } from '../support/webhook-process.ts';

const marker = 'hunter2-of-this-test';

/** A pod with the marker wherever a user may put a secret. */
function secretive() {
  const pod = buildPod({
    statuses: [runningStatus('a', 1)],
    metadata: {
      name: 'db',
      uid: 'uid of db',
      labels: { [ownLabel]: 'r1', 'velero.io/restore-name': 'r1' },
      annotations: {
        'restorehooks.io/admitted-for': 'r1',
        'post.hook.restore.velero.io/command': `["psql","password=${marker}"]`,
        'post.hook.restore.velero.io/on-error': marker,
        'restorehooks.io/exec': `[${marker}`,
        'example.org/token': marker,
      },
    },
  });
  const env = [{ name: 'PASSWORD', value: marker }];
  return { ...pod, spec: { ...pod.spec, containers: pod.spec.containers.map((each) => ({ ...each, env })) } };
}

describe('the log of a webhook that logs all it can', () => {
  let webhook: WebhookProcess;
  beforeAll(async () => {
    webhook = await startWebhookProcess({ RESTORE_HOOKS_LOG_LEVEL: 'trace' });
  }, 60_000);
  afterAll(() => webhook.remove());

  it('holds nothing of what was sent: no review, no pod, no header', async () => {
    const review = buildReview(secretive());
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${marker}`, cookie: marker };
    const bodies: [string, number][] = [
      [JSON.stringify(review), 200],
      [`${JSON.stringify(review)}x`, 400],
      [JSON.stringify({ ...review, request: { ...review.request, operation: [marker] } }), 400],
      [JSON.stringify({ ...review, kind: marker }), 400],
    ];
    for (const [body, status] of bodies) expect((await send(webhook, body, { headers })).status).toBe(status);
    expect((await send(webhook, marker, { headers, path: `/${marker}` })).status).toBe(404);
    webhook.terminate();
    await webhook.exited;
    expect(webhook.lines.map(({ msg }) => msg)).toEqual(
      expect.arrayContaining(['restored pod admitted', 'request refused', 'webhook has stopped']),
    );
    expect(webhook.lines.filter((line) => JSON.stringify(line).includes(marker))).toEqual([]);
  }, 60_000);
});

describe('the log of a client of the API server', () => {
  it('holds nothing of a token, nor of a command in a query, when a call fails', async () => {
    const lines: string[] = [];
    const log = createLogger({ name: 'test', level: 'trace' }, { write: (line: string) => void lines.push(line) });
    const headers = { authorization: `Bearer ${marker}` };
    const api = connectApi('https://127.0.0.1:1', () => Promise.resolve({ agent: new Agent(), headers }));
    for (const call of [
      api.call({ method: 'POST', path: `/api/v1/x?command=${marker}`, body: { marker } }),
      api.stream(`/api/v1/x?command=${marker}`, new AbortController().signal),
    ]) {
      await call.then(
        () => log.error('it did not fail'),
        (error: unknown) => log.error({ err: error }, 'failed'),
      );
    }
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).toMatch(/"msg":"failed"/);
    expect(lines.filter((line) => line.includes(marker))).toEqual([]);
  });
});

describe('what an executor tells of a hook whose command and output hold a secret', () => {
  let api: FakeApi;
  let exec: ExecServer;
  let executor: InProcessExecutor;
  beforeEach(async () => {
    api = new FakeApi();
    exec = await ExecServer.start();
  });
  afterEach(async () => {
    await executor.stop();
    await exec.close();
  });

  interface Telling {
    readonly patterns?: readonly RegExp[];
    readonly logOutput?: boolean;
    readonly recordOutput?: boolean;
  }

  /** Runs the hook, and collects what is told where. */
  async function run({ patterns = [], logOutput = true, recordOutput = true }: Telling) {
    const cluster = api.cluster(exec.connection);
    const redact = createRedaction(patterns);
    const lines: string[] = [];
    const log = createLogger({ name: 'executor', level: 'trace' }, { write: (line: string) => void lines.push(line) });
    const events = createEventRecorder(cluster, { instance: 'test', log, dropped: () => undefined });
    const metrics = executorMetrics(new Registry());
    api.put(secretive());
    const hooks = [buildHook('a', { command: ['psql', `password=${marker}`] })];
    executor = startOn(
      cluster,
      new Map([['db', hooks]]),
      {
        recordOutput,
        limits: {
          exec: defaultExecTiming,
          startTimeoutMs: 30_000,
          outputLimitBytes: 4096,
          ...(patterns.length > 0 && { redact }),
        },
      },
      { log, metrics, narrator: new Narrator(log, events, metrics, logOutput, redact) },
    );
    const peer = await exec.next();
    peer.send(1, `printed ${marker}\n`);
    peer.send(2, `complained of ${marker}\n`);
    peer.end({ status: 'Failure', reason: 'InternalError', message: `cannot run ${marker}` });
    await api.until(() => api.events.some(({ reason }) => reason === 'HookFailed'));
    await api.until(() => api.mark('db') === 'False Failed');
    await events.flush();
    const { status } = api.run('db');
    return {
      log: lines.join(''),
      events: JSON.stringify(api.events),
      record: JSON.stringify(status),
      condition: JSON.stringify(api.pod('db').status?.conditions),
    };
  }

  it('is the output, where it is documented, and the command in the plan alone', async () => {
    const { log, events, record } = await run({});
    for (const text of [log, events, record]) expect(text).toContain(`complained of ${marker}`);
    expect(JSON.stringify(api.run('db').spec)).toContain(marker);
    for (const text of [log, events, record]) expect(text).not.toContain(`password=${marker}`);
    expect(log).not.toContain('"value"');
  }, 60_000);

  it('is nothing of it where a pattern matches', async () => {
    const told = await run({ patterns: [/hunter\d[-a-z]*/g] });
    for (const text of Object.values(told)) expect(text).not.toContain(marker);
    for (const text of [told.log, told.events, told.record]) expect(text).toContain('complained of [redacted]');
    expect(told.record).toContain('cannot run [redacted]');
  }, 60_000);

  it('is no output in records and Events where none is to be recorded, and the log has it alone', async () => {
    const { log, events, record } = await run({ recordOutput: false });
    for (const text of [events, record]) expect(text).not.toContain('complained of');
    expect(log).toContain(`complained of ${marker}`);
  }, 60_000);

  it('is no output at all where it is to be neither recorded nor logged', async () => {
    const told = await run({ recordOutput: false, logOutput: false });
    for (const text of Object.values(told)) expect(text).not.toContain('complained of');
  }, 60_000);
});
