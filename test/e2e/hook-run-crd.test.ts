import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { boundOutput } from '../../shared/bound-output.ts';
import { fitsHookRun, newHookRun, planLimitBytes } from '../../shared/freeze-plan.ts';
import { hookRunPath, type HookRun } from '../../shared/hook-run.ts';
import { planPod } from '../../shared/plan.ts';
import { changeHook, type RunRecord } from '../../shared/record.ts';
import { storedRecord } from '../../shared/run-status.ts';
import { ApiError } from '../../shared/service/api-error.ts';
import { connectCluster, loadKubeConfig, type Cluster as Api } from '../../shared/service/cluster.ts';
import { kubectl as run } from '../support/kubectl.ts';
import { installDefinitions, untilKnown } from '../support/own-crds.ts';
import type { AnyCluster } from '../support/own-cluster.ts';
import { buildHook, buildPlan, buildPod } from '../support/pods.ts';
import { buildContext, buildPolicy, execRule, initRule, restoreObject, found } from '../support/rules.ts';
import { findCluster } from '../support/scene.ts';
import { claimedRecord, finishedRecord, initStatuses, retryingRecord, statusOf } from '../support/told-runs.ts';

const namespace = `t-${randomBytes(4).toString('hex')}`;
const uid = '0d3f7a0e-8a51-4c1c-9a7e-1f2e3d4c5b6a';

let cluster: AnyCluster;
let api: Api;
const kubectl = (args: readonly string[], input = '') => run(cluster, ['-n', namespace, ...args], input);

beforeAll(async () => {
  cluster = (await findCluster()).cluster;
  api = connectCluster(loadKubeConfig(cluster.kubeconfig));
  await kubectl(['create', 'namespace', namespace]);
  await installDefinitions(cluster);
  await untilKnown(() => kubectl(['get', 'hr']));
}, 90_000);
afterAll(async () => {
  await kubectl(['delete', 'namespace', namespace, '--wait', '--timeout=60s']);
}, 90_000);

const restored = { label: 'nightly', name: 'nightly', namespace: 'velero', uid: 'uid-r1' };

/** The record of a pod with these hooks, as the executor makes it. */
function recordOf(name: string, plan = buildPlan({ exec: [buildHook('main'), buildHook('main')] })): HookRun {
  return newHookRun({ namespace, name, uid }, buildPod(), plan, restored);
}

const create = (body: object) =>
  api.call<HookRun>({ method: 'POST', path: `${hookRunPath(namespace)}?fieldValidation=Strict`, body });

const patch = (name: string, subresource: '' | '/status', change: object) =>
  api.call<HookRun>({
    method: 'PATCH',
    path: `${hookRunPath(namespace, name)}${subresource}?fieldValidation=Strict`,
    contentType: 'application/merge-patch+json',
    body: change,
  });

/** A merge patch takes null for absent. */
function withoutNulls(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, inside: unknown) => {
    if (typeof inside !== 'object' || inside === null || Array.isArray(inside)) return inside;
    return Object.fromEntries(Object.entries(inside).filter(([, each]) => each !== null));
  });
}

describe('a HookRun, by the real API server', () => {
  it('takes every plan as the executor freezes it, whole', async () => {
    const policies = [
      buildPolicy('standing', [execRule('/x'), initRule('fix')], { namespace: 'shop' }),
      buildPolicy('retrying', [{ name: 'r', postHooks: [{ exec: { name: 'load', command: ['y'], retries: 3 } }] }]),
    ];
    const timed = { timeout: '1m30s', initContainers: [{ name: 'first', image: 'alpine', command: ['date'] }] };
    const restore = found(
      restoreObject({ spec: { hooks: { resources: [{ name: 'r', postHooks: [{ init: timed }] }, execRule('/z')] } } }),
    );
    const asked = buildPod({ initContainers: [{ name: 'first', image: 'alpine', command: ['date'] }] });
    const ruled = planPod(asked, 'nightly', buildContext({ policies, restore }));
    const annotations = {
      'post.hook.restore.velero.io/command': '/bin/true',
      'post.hook.restore.velero.io/container': 'n o t \u202e there',
      'post.hook.restore.velero.io/exec-timeout': '1500us',
      'restorehooks.io/exec': '[{command: [sh, ""], onError: Fail, waitTimeout: 5m, onInterrupt: Retry, retries: 100}]',
    };
    const annotated = planPod(buildPod({ metadata: { annotations } }), 'nightly');
    expect([ruled.exec.length, ruled.init.length, annotated.exec.length]).toEqual([3, 2, 2]);
    for (const [name, plan] of Object.entries({ ruled, annotated })) {
      const made = newHookRun({ namespace, name, uid }, asked, plan, restored);
      const stored = await create(made);
      expect(stored.spec).toEqual(made.spec);
      expect(stored.metadata.labels).toEqual(made.metadata.labels);
    }
  }, 30_000);

  it('takes a plan as large as a plan may be, and one of many small hooks', async () => {
    const large = (bytes: number) =>
      recordOf('large', buildPlan({ exec: [buildHook('a', { command: ['x'.repeat(bytes)] })] }));
    const most = large(planLimitBytes - 1_000);
    expect([fitsHookRun(most.spec), fitsHookRun(large(planLimitBytes).spec)]).toEqual([true, false]);
    await create(most);
    const hook = buildHook('a', { command: Array.from({ length: 100 }, () => 'x') });
    await create(recordOf('many', buildPlan({ exec: Array.from({ length: 500 }, () => hook) })));
  }, 30_000);

  it('takes a plan of signs that are stored as six each, and all the output that its hooks may keep', async () => {
    const count = 20;
    const words = Math.floor((planLimitBytes - 20_000) / 6 / count);
    const hooks = Array.from({ length: count }, () => buildHook('a', { command: ['<'.repeat(words)] }));
    const made = recordOf('signs', buildPlan({ exec: hooks }));
    expect(fitsHookRun(made.spec)).toBe(true);
    expect(fitsHookRun({ init: [], exec: [...made.spec.exec, ...made.spec.exec] })).toBe(false);
    const { metadata, spec } = await create(made);
    const tail = { text: '>'.repeat(64 * 1024), droppedBytes: 0 };
    const printed = Array.from({ length: count }).reduce<RunRecord>(
      (record, _, index) =>
        changeHook(record, index, {
          ...{
            state: 'Failed',
            reason: 'NonZeroExit',
            message: '&'.repeat(512),
            attempts: 1,
            finishedAtMs: Date.now(),
          },
          ...boundOutput(record.hooks, index, { stdout: tail, stderr: tail }),
        }),
      storedRecord(made, Date.now()),
    );
    const first = statusOf(spec, { record: printed, finishedAtMs: Date.now() });
    await patch(metadata.name, '/status', { status: first });
    const again = statusOf({ ...spec, run: 2 }, { record: printed, finishedAtMs: Date.now() }, first);
    await patch(metadata.name, '/status', { status: again });
  }, 30_000);

  it('takes every status as the executor writes it, whole', async () => {
    const { spec, metadata } = await create(recordOf('told'));
    const finished = statusOf(spec, { record: finishedRecord(), finishedAtMs: Date.now() });
    const again = statusOf({ ...spec, run: 2, rerun: '2026-03-02T10:00:00Z' }, {}, finished);
    expect(again).toMatchObject({ run: 2, earlier: [{ run: 1, exec: finished.exec }] });
    const statuses = [
      statusOf(spec, { init: initStatuses }),
      statusOf(spec, { record: claimedRecord() }),
      statusOf(spec, { record: retryingRecord() }),
      statusOf(spec, { unrun: 'TooLarge' }),
      finished,
      again,
    ];
    for (const status of statuses) {
      await patch(metadata.name, '/status', { status: null });
      const stored = await patch(metadata.name, '/status', { status });
      expect(withoutNulls(stored.status)).toEqual(withoutNulls(status));
    }
  }, 30_000);

  it('takes from users a rerun, a cancel, and both taken back', async () => {
    const { metadata } = await create(recordOf('asked'));
    const change = { rerun: '2026-03-01T10:00:00Z', cancel: true };
    expect((await patch(metadata.name, '', { spec: change })).spec).toMatchObject(change);
    const { spec } = await patch(metadata.name, '', { spec: { rerun: null, cancel: null } });
    expect(Object.keys(spec)).not.toEqual(expect.arrayContaining(['rerun']));
    expect(spec.cancel).toBeUndefined();
    // As a whole object, null is there to be written.
    await create({ ...recordOf('asked-at-once'), spec: { ...recordOf('x').spec, rerun: null, cancel: null } });
  }, 30_000);

  it('writes spec and status apart', async () => {
    const { metadata, spec } = await create({ ...recordOf('apart'), status: { phase: 'Failed' } });
    await patch(metadata.name, '/status', { status: statusOf(spec), spec: { cancel: true } });
    const stored = await patch(metadata.name, '', { status: { phase: 'Succeeded' }, spec: { run: 2 } });
    expect(stored).toMatchObject({ spec: { run: 2 }, status: { phase: 'Waiting', progress: '0/2' } });
    expect(stored.spec.cancel).toBeUndefined();
  }, 30_000);
});

type Change = Readonly<Record<string, unknown>>;
const exec = (more: Change) => ({ exec: [{ ...recordOf('x').spec.exec[0], ...more }] });

describe('a HookRun is refused by the real API server', () => {
  it.each<[string, string, Change]>([
    ['spec.pod', 'Required value', { pod: null }],
    ['spec.pod.uid', 'Required value', { pod: { name: 'db' } }],
    ['spec.restore.label', 'Required value', { restore: { name: 'r' } }],
    ['spec.restore.label', 'Too long', { restore: { label: 'x'.repeat(64) } }],
    ['spec.run', 'greater than or equal to 1', { run: 0 }],
    ['spec.init', 'Required value', { init: null }],
    ['spec.rerun', 'date-time', { rerun: 'now' }],
    ['spec.cancel', 'boolean', { cancel: 'yes' }],
    ['spec.plan', 'unknown field', { plan: [] }],
    ['spec.exec[0].command', 'array', exec({ command: 'date' })],
    ['spec.exec[0].command[0]', 'string', exec({ command: [1] })],
    ['spec.exec[0].container', 'Required value', exec({ container: null })],
    ['spec.exec[0].onError', '"Continue", "Fail"', exec({ onError: 'fail' })],
    ['spec.exec[0].onInterrupt', '"Fail", "Retry"', exec({ onInterrupt: 'Never' })],
    ['spec.exec[0].source', '"own-annotation"', exec({ source: 'pod' })],
    ['spec.exec[0].retries', 'greater than or equal to 0', exec({ retries: -1 })],
    ['spec.exec[0].retries', 'integer', exec({ retries: 1.5 })],
    ['spec.exec[0].execTimeoutMs', 'number', exec({ execTimeoutMs: '30s' })],
    ['spec.exec', 'at most 1000', { exec: Array.from({ length: 1_001 }, () => exec({}).exec[0]) }],
  ])(
    'at %s: %s',
    async (field, says, change) => {
      const record = recordOf('refused');
      const told = await refusal(() => create({ ...record, spec: { ...record.spec, ...change } }));
      expect(told).toContain(field);
      expect(told).toContain(says);
    },
    30_000,
  );

  it.each<[string, string, Change]>([
    ['status.phase', '"TooLarge"', { phase: 'Done' }],
    ['status.total', 'greater than or equal to 0', { total: -1 }],
    ['status.progress', 'string', { progress: 1 }],
    ['status.observedSince', 'date-time', { observedSince: 'soon' }],
    ['status.exec[0].state', 'Required value', { exec: [{ attempts: 0 }] }],
    ['status.exec[0].state', '"Interrupted"', { exec: [{ state: 'Running', attempts: 0 }] }],
    [
      'status.exec[0].claim.holder',
      'Required value',
      { exec: [{ state: 'Claimed', attempts: 1, claim: { id: 'c' } }] },
    ],
    [
      'status.exec[0].stdout.text',
      'Too long',
      { exec: [{ state: 'Failed', attempts: 1, stdout: { text: 'x'.repeat(262_145), droppedBytes: 0 } }] },
    ],
    ['status.init[0].state', '"Running"', { init: [{ name: 'fix', state: 'Claimed' }] }],
    ['status.earlier[0].exec', 'Required value', { earlier: [{ run: 1, phase: 'Failed' }] }],
    ['status.done', 'Required value', { done: null }],
  ])(
    'at %s: %s',
    async (field, says, change) => {
      const made = await anyRecord();
      const status = { ...statusOf(made.spec), ...change };
      const told = await refusal(() => patch(made.metadata.name, '/status', { status }));
      expect(told).toContain(field);
      expect(told).toContain(says);
    },
    30_000,
  );

  let anyOne: Promise<HookRun> | undefined;
  const anyRecord = () => (anyOne ??= create(recordOf('any')));
});

it('a HookRun keeps in its status what only a newer version knows, while its own fields are written', async () => {
  const { metadata, spec } = await create(recordOf('newer'));
  const newer = statusOf(spec, { record: claimedRecord() });
  const exec = (newer.exec ?? []).map((hook) => ({ ...hook, novelty: 'kept' }));
  await patch(metadata.name, '/status', { status: { ...newer, exec, novelty: { of: 'a newer version' } } });
  const own = { ...newer, exec, progress: '1/2' };
  await patch(metadata.name, '/status', { status: own });
  const stored = await api.call<HookRun>({ method: 'GET', path: hookRunPath(namespace, metadata.name) });
  expect(stored.status).toMatchObject({ progress: '1/2', novelty: { of: 'a newer version' } });
  expect(stored.status?.exec).toMatchObject(withoutNulls(exec) as object[]);
});

/** What the API server says of a request that it refuses. */
async function refusal(attempt: () => Promise<unknown>): Promise<string> {
  try {
    await attempt();
  } catch (error) {
    if (error instanceof ApiError && (error.status === 422 || error.status === 400)) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('kubectl', () => {
  it('lists HookRuns as one follows progress, and with -o wide tells what went wrong', async () => {
    const { metadata, spec } = await create(recordOf('shown'));
    const { name } = metadata;
    const before = await kubectl(['get', 'hookruns', name]);
    expect(before.stdout).toMatch(/^NAME +RESTORE +POD +PHASE +PROGRESS +AGE\n/);
    expect(before.stdout).toMatch(new RegExp(`\\n${name} +nightly +shown +\\S+\\n$`));
    await patch(name, '/status', { status: statusOf(spec, { record: finishedRecord(), finishedAtMs: Date.now() }) });
    const after = await kubectl(['get', 'hr', name]);
    expect(after.stdout).toMatch(new RegExp(`\\n${name} +nightly +shown +Failed +2/2 +\\S+\\n$`));
    const wide = await kubectl(['get', 'hookrun', '-A', '-l', 'restorehooks.io/restore=nightly', '-o', 'wide']);
    expect(wide.stdout).toMatch(/^NAMESPACE +NAME +RESTORE +POD +PHASE +PROGRESS +AGE +PROBLEM +FAILED +FINISHED\n/);
    const line = wide.stdout.split('\n').find((each) => each.includes(name));
    expect(line).toMatch(/2\/2 +\S+ +hook 1 \(container main\): NonZeroExit: psql: no such table +1 +\S+$/);
    expect((await kubectl(['get', 'restore-hooks'])).stdout).toContain(name);
  }, 30_000);

  it('explains every field that it is asked for', async () => {
    const explain = (path: string) => untilKnown(() => kubectl(['explain', `hookrun.${path}`]));
    expect((await explain('spec.rerun')).stdout).toMatch(/Each\s+new\s+value/);
    expect((await explain('spec.exec.onInterrupt')).stdout).toMatch(/at\s+least\s+once/);
    expect((await explain('status.exec.claim.holder')).stdout).toContain('Lease');
    expect((await explain('status.phase')).stdout).toMatch(/Missed:\s+nothing\s+was\s+run/);
  }, 60_000);
});
