import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonPatchOperation } from '../../shared/json-patch.ts';
import { applyPatch } from '../support/apply-patch.ts';
import { buildPod } from '../support/pods.ts';
import { buildReview, readFixture, type AdmissionReview } from '../support/reviews.ts';
import { metric, send, startWebhookProcess, type Answer, type WebhookProcess } from '../support/webhook-process.ts';

let webhook: WebhookProcess;
beforeAll(async () => {
  webhook = await startWebhookProcess();
}, 30_000);
afterAll(() => webhook.remove());

interface ResponseBody {
  apiVersion: string;
  kind: string;
  response: { uid: string; allowed: boolean; patchType?: string; patch?: string; warnings?: string[] };
}

function responseOf(answer: Answer) {
  return (answer.body as ResponseBody).response;
}

function patchOf(answer: Answer): JsonPatchOperation[] {
  return JSON.parse(Buffer.from(responseOf(answer).patch ?? '', 'base64').toString()) as JsonPatchOperation[];
}

const labels = { 'velero.io/restore-name': 'r1' };
const stamp = { op: 'add', path: '/metadata/annotations/restorehooks.io~1admitted-for', value: 'r1' };

describe('the webhook, for a review of a restored pod', () => {
  it('answers with the stamp alone where Velero injected the init container', async () => {
    const review = readFixture('velero-pod-init-and-exec');
    const answer = await send(webhook, JSON.stringify(review));
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' });
    expect(responseOf(answer)).toMatchObject({ uid: review.request.uid, allowed: true, patchType: 'JSONPatch' });
    expect(patchOf(answer)).toEqual([{ ...stamp, value: 'r11-112035' }]);
  });

  it('injects the init container after the wait container, and nothing at a second admission', async () => {
    const review = readFixture('velero-pod-init-and-exec');
    const { spec } = review.request.object;
    const [, own] = spec.initContainers ?? [];
    if (own === undefined) throw new Error('the fixture has changed');
    const pod = { ...review.request.object, spec: { ...spec, initContainers: [{ name: 'restore-wait' }, own] } };
    const first = await send(webhook, JSON.stringify({ ...review, request: { ...review.request, object: pod } }));
    const patched = applyPatch(pod, patchOf(first));
    expect(patched.spec.initContainers.map(({ name }) => name)).toEqual(['restore-wait', 'restore-hook', 'own']);
    const second = await send(webhook, JSON.stringify({ ...review, request: { ...review.request, object: patched } }));
    expect(responseOf(second)).toEqual({ uid: review.request.uid, allowed: true });
  });

  it('adds the readiness gate that is asked for, beside those of the pod, and nothing at a second admission', async () => {
    const annotations = { 'post.hook.restore.velero.io/command': 'x', 'restorehooks.io/readiness-gate': 'true' };
    const bare = buildPod({ metadata: { labels, annotations } });
    const pod = { ...bare, spec: { ...bare.spec, readinessGates: [{ conditionType: 'example.com/backend' }] } };
    const first = await send(webhook, JSON.stringify(buildReview(pod)));
    const gate = { conditionType: 'restorehooks.io/ready' };
    expect(patchOf(first)).toEqual([{ op: 'add', path: '/spec/readinessGates/-', value: gate }, stamp]);
    const second = await send(webhook, JSON.stringify(buildReview(applyPatch(pod, patchOf(first)))));
    expect(responseOf(second)).toEqual({ uid: 'review-1', allowed: true });
  });

  it('says what is wrong in the annotations, and admits the pod', async () => {
    const annotations = {
      'post.hook.restore.velero.io/command': '["a",',
      'post.hook.restore.velero.io/timeout': '5s',
      'post.hook.restore.velero.io/on-error': 'Nothing',
    };
    const answer = await send(webhook, JSON.stringify(buildReview(buildPod({ metadata: { labels, annotations } }))));
    expect(responseOf(answer).allowed).toBe(true);
    expect(responseOf(answer).warnings).toEqual([
      'post.hook.restore.velero.io/command "[\\"a\\"," is no JSON array of strings: taken as one single argument',
      'post.hook.restore.velero.io/on-error "Nothing" is neither Fail nor Continue: Continue is taken',
      'post.hook.restore.velero.io/timeout is unknown and ignored: did you mean post.hook.restore.velero.io/exec-timeout?',
    ]);
    expect(await metric(webhook, 'restore_hooks_webhook_warnings_total{code="MalformedOnError"}')).toBe(1);
  });

  it('logs what it did, and nothing of a command', async () => {
    const annotations = { 'post.hook.restore.velero.io/command': '["sh", "-c", "login --password hunter2"]' };
    const pod = buildPod({ metadata: { name: 'secretive', labels, annotations } });
    await send(webhook, JSON.stringify(buildReview(pod)));
    const line = await webhook.logged((each) => each.pod === 'secretive');
    expect(line).toMatchObject({
      namespace: 'shop',
      restore: 'r1',
      outcome: 'patched',
      init: 0,
      exec: 1,
      warnings: [],
    });
    expect(JSON.stringify(webhook.lines)).not.toContain('hunter2');
  });

  it.each<[string, AdmissionReview]>([
    ['an update', buildReview(buildPod({ metadata: { labels } }), { operation: 'UPDATE' })],
    ['a subresource', buildReview(buildPod({ metadata: { labels } }), { subResource: 'status' })],
    ['a pod that nothing restored', buildReview(buildPod())],
    ['a restored pod without hooks', buildReview(buildPod({ metadata: { labels } }))],
    ['a pod in an excluded namespace', buildReview(buildPod({ metadata: { labels } }), { namespace: 'kube-system' })],
  ])('lets %s pass as it is', async (_, review) => {
    const answer = await send(webhook, JSON.stringify(review));
    expect(answer.status).toBe(200);
    expect(responseOf(answer)).toEqual({ uid: 'review-1', allowed: true });
  });

  it('answers a review of 6 MiB', async () => {
    const annotations = { 'post.hook.restore.velero.io/command': 'x', big: 'x'.repeat(6 * 1024 * 1024) };
    const answer = await send(webhook, JSON.stringify(buildReview(buildPod({ metadata: { labels, annotations } }))));
    expect(patchOf(answer)).toEqual([stamp]);
  });

  it('answers a review of 1 MiB of containers and misspelt keys whole', async () => {
    const keys = Array.from({ length: 10_000 }, (_, index) => [`post.hook.restore.velero.io/key-number-${index}`, 'x']);
    const initContainers = Array.from({ length: 10_000 }, (_, index) => ({
      name: `hook-${index}`,
      image: 'registry.example/app',
    }));
    const annotations = {
      ...(Object.fromEntries(keys) as Record<string, string>),
      'init.hook.restore.velero.io/container-image': 'alpine',
      'init.hook.restore.velero.io/container-name': 'hook-2',
    };
    const review = JSON.stringify(buildReview(buildPod({ initContainers, metadata: { labels, annotations } })));
    expect(review.length).toBeGreaterThan(1_000_000);
    const answer = await send(webhook, review);
    expect(patchOf(answer)).toHaveLength(2);
    const bytes = responseOf(answer).warnings?.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    expect(bytes).toBeLessThanOrEqual(4_096);
  });
});

describe('the webhook, for a bad request', () => {
  const json = { 'content-type': 'application/json' };
  const good = JSON.stringify(buildReview(buildPod({ metadata: { labels } })));
  const reviewOf = (request: Record<string, unknown>) => JSON.stringify(buildReview(buildPod(), request));
  const large = 8 * 1024 * 1024;

  it.each<[string, number, string, Parameters<typeof send>[1], Parameters<typeof send>[2]]>([
    ['what is not JSON', 400, 'the body is not JSON', '{"apiVersion":', {}],
    ['an empty body', 400, 'the body is empty: wanted is an AdmissionReview', '', {}],
    ['no body', 400, 'the body is empty: wanted is an AdmissionReview', undefined, { headers: {} }],
    ['another object', 400, 'request is missing in the AdmissionReview', '{"apiVersion":"v1","kind":"Pod"}', {}],
    [
      'version v1beta1',
      400,
      'apiVersion must be "admission.k8s.io/v1"',
      good.replace('admission.k8s.io/v1', 'admission.k8s.io/v1beta1'),
      {},
    ],
    ['no object', 400, 'request.object is missing in the AdmissionReview', reviewOf({ object: undefined }), {}],
    ['a deletion', 400, 'request.object must be object', reviewOf({ operation: 'DELETE', object: null }), {}],
    [
      'a Deployment',
      400,
      'request.kind.kind must be "Pod"',
      reviewOf({ kind: { group: 'apps', version: 'v1', kind: 'Deployment' } }),
      {},
    ],
    [
      'plain text',
      415,
      'the Content-Type must be application/json',
      good,
      { headers: { 'content-type': 'text/plain' } },
    ],
    [
      'YAML',
      415,
      'the Content-Type must be application/json',
      good,
      { headers: { 'content-type': 'application/yaml' } },
    ],
    ['no Content-Type', 415, 'the Content-Type must be application/json', good, { headers: {} }],
    ['8 MiB', 413, 'the body is larger than 7340032 bytes', Buffer.alloc(large, ' '), {}],
    [
      '8 MiB in chunks',
      413,
      'the body is larger than 7340032 bytes',
      Buffer.alloc(large, ' '),
      { headers: { ...json, 'transfer-encoding': 'chunked' } },
    ],
    ['a GET', 405, 'only POST is served here', undefined, { method: 'GET', headers: {} }],
    ['another path', 404, 'there are only POST /mutate and POST /mutate-restore here', good, { path: '/validate' }],
  ])('answers %s with %d and one sentence, and serves on', async (_, status, error, body, options) => {
    const answer = await send(webhook, body, options);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ error });
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    const next = await send(webhook, good);
    expect(next.status).toBe(200);
  });

  it('takes the parameters of a Content-Type', async () => {
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    expect((await send(webhook, good, { headers })).status).toBe(200);
  });

  it('has counted them, and is the same process still', async () => {
    expect(await metric(webhook, 'restore_hooks_webhook_requests_total{outcome="bad_request"}')).toBeGreaterThan(10);
    expect(() => process.kill(webhook.pid, 0)).not.toThrow();
    expect(JSON.stringify(webhook.lines)).not.toContain('node_modules');
  });
});
