import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { metric, send, startWebhookProcess, type WebhookProcess } from '../support/webhook-process.ts';

const hooks = { resources: [{ name: 'rule', postHooks: [{ exec: { command: ['/bin/true'] } }] }] };

function review(object: unknown, more: Record<string, unknown> = {}) {
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'review-1',
      kind: { group: 'velero.io', version: 'v1', kind: 'Restore' },
      operation: 'CREATE',
      namespace: 'velero',
      object,
      ...more,
    },
  };
}

const restore = (spec: object = { hooks }) => ({ metadata: { name: 'r1' }, spec });

async function answer(webhook: WebhookProcess, body: unknown) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const { status, body: said } = await send(webhook, text, { path: '/mutate-restore?timeout=5s' });
  return { status, body: said as { response?: { patch?: string; warnings?: string[] }; error?: string } };
}

async function patchOf(webhook: WebhookProcess, body: unknown): Promise<unknown> {
  const { response } = (await answer(webhook, body)).body;
  return response?.patch === undefined ? null : JSON.parse(Buffer.from(response.patch, 'base64').toString());
}

describe('the webhook, for a review of a Restore', () => {
  let webhook: WebhookProcess;
  beforeAll(async () => {
    webhook = await startWebhookProcess({ RESTORE_HOOKS_MODE: 'takeover' });
  }, 30_000);
  afterAll(() => webhook.remove());

  it('moves the hooks of one that is created', async () => {
    expect(await patchOf(webhook, review(restore()))).toEqual([
      { op: 'add', path: '/metadata/annotations', value: { 'restorehooks.io/hooks': JSON.stringify(hooks) } },
      { op: 'add', path: '/spec/hooks', value: {} },
    ]);
    expect(await metric(webhook, 'restore_hooks_webhook_restores_total{outcome="moved"}')).toBe(1);
  });

  it.each([
    ['of another namespace', review(restore(), { namespace: 'elsewhere' })],
    ['that is deleted', review(restore(), { operation: 'DELETE' })],
    ['of a subresource', review(restore(), { subResource: 'status' })],
    ['that held them before', review(restore(), { operation: 'UPDATE', oldObject: restore() })],
    ['without hooks', review(restore({}))],
  ])('leaves a Restore %s as it is', async (_, body) => {
    const { status, body: said } = await answer(webhook, body);
    expect(status).toBe(200);
    expect(said.response).toEqual({ uid: 'review-1', allowed: true });
  });

  it('warns of hooks that it drops', async () => {
    const late = { ...restore(), status: { phase: 'InProgress' } };
    const { body } = await answer(webhook, review(late, { operation: 'UPDATE', oldObject: restore({ hooks: {} }) }));
    expect(body.response?.warnings).toEqual([
      'Restore "r1" is InProgress already: hooks written to it now are dropped',
    ]);
  });

  it.each([
    ['{', 'the body is not JSON'],
    [
      JSON.stringify(review(restore(), { kind: { group: '', version: 'v1', kind: 'Pod' } })),
      'request.kind.kind must be "Restore"',
    ],
    [
      JSON.stringify(review(restore({}), { object: { spec: {} } })),
      'request.object.metadata is missing in the AdmissionReview',
    ],
    [
      JSON.stringify(review({ metadata: { name: 'r1', annotations: { a: 1 } } })),
      'request.object.metadata.annotations.a must be string',
    ],
  ])('answers %s with a sentence', async (body, sentence) => {
    expect(await answer(webhook, body)).toEqual({ status: 400, body: { error: sentence } });
  });
});

describe.each([
  ['in mode standalone', { RESTORE_HOOKS_MODE: 'standalone' }],
  ['in mode observe', { RESTORE_HOOKS_MODE: 'observe' }],
  ['in a takeover of some namespaces', { RESTORE_HOOKS_MODE: 'takeover', RESTORE_HOOKS_TAKEOVER_NAMESPACES: 'app' }],
])('%s', (_, env) => {
  let webhook: WebhookProcess;
  beforeAll(async () => {
    webhook = await startWebhookProcess(env);
  }, 30_000);
  afterAll(() => webhook.remove());

  it('a Restore keeps its hooks', async () => {
    expect(await patchOf(webhook, review(restore()))).toBeNull();
  });
});
