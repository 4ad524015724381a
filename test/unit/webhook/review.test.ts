import { describe, expect, it } from '@jest/globals';
import { readReview } from '../../../webhook/review.ts';
import { buildPod } from '../../support/pods.ts';
import { buildReview, readFixture } from '../../support/reviews.ts';

function read(value: unknown) {
  return readReview(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));
}

const podKind = { group: '', version: 'v1', kind: 'Pod' };

describe('readReview', () => {
  it('reads what an API server sent', () => {
    const review = readFixture('velero-pod-init-and-exec');
    expect(read(review)).toEqual({
      ok: true,
      request: {
        uid: '60891ed8-451e-406d-a49a-59dbe533fac2',
        operation: 'CREATE',
        subResource: '',
        dryRun: false,
        pod: review.request.object,
      },
    });
  });

  it("takes the namespace from the request, and lets a pod without containers pass to the API server's own validation", () => {
    const pod = { metadata: { generateName: 'db-' }, spec: { containers: null, initContainers: null } };
    const review = { ...buildReview(buildPod()), request: { ...buildReview(buildPod()).request, object: pod } };
    expect(read(review)).toMatchObject({
      ok: true,
      request: { pod: { metadata: { namespace: 'shop', generateName: 'db-' }, spec: { containers: [] } } },
    });
  });

  it.each<[string, unknown, string]>([
    ['an empty body', '', 'the body is empty: wanted is an AdmissionReview'],
    [
      'what nests without end',
      '['.repeat(200_000),
      'the body nests deeper than 512 levels: no object of Kubernetes does',
    ],
    ['what is not JSON', '{"a":', 'the body is not JSON'],
    ['a number', '1', 'the body must be object'],
    ['null', 'null', 'the body must be object'],
    ['an array', [], 'the body must be object'],
    ['an empty object', {}, 'apiVersion is missing in the AdmissionReview'],
    [
      'another version',
      { ...buildReview(buildPod()), apiVersion: 'admission.k8s.io/v1beta1' },
      'apiVersion must be "admission.k8s.io/v1"',
    ],
    ['another kind of object', { ...buildReview(buildPod()), kind: 'Status' }, 'kind must be "AdmissionReview"'],
    [
      'no request',
      { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' },
      'request is missing in the AdmissionReview',
    ],
    ['an empty uid', buildReview(buildPod(), { uid: '' }), 'request.uid must NOT have fewer than 1 characters'],
    [
      'a Deployment',
      buildReview(buildPod(), { kind: { group: 'apps', version: 'v1', kind: 'Deployment' } }),
      'request.kind.kind must be "Pod"',
    ],
    ['a Node', buildReview(buildPod(), { kind: { ...podKind, kind: 'Node' } }), 'request.kind.kind must be "Pod"'],
    ['a deletion', buildReview(buildPod(), { operation: 'DELETE', object: null }), 'request.object must be object'],
    ['no object', buildReview(buildPod(), { object: undefined }), 'request.object is missing in the AdmissionReview'],
    [
      'a pod without spec',
      buildReview(buildPod(), { object: { metadata: {} } }),
      'request.object.spec is missing in the AdmissionReview',
    ],
    [
      'an annotation that is no text',
      buildReview(buildPod(), { object: { metadata: { annotations: { 'a/b': 1 } }, spec: {} } }),
      'request.object.metadata.annotations.a/b must be string',
    ],
    [
      'a container that is no object',
      buildReview(buildPod(), { object: { metadata: {}, spec: { containers: [null] } } }),
      'request.object.spec.containers.0 must be object',
    ],
  ])('answers %s with a sentence that names the field', (_, body, problem) => {
    expect(read(body)).toEqual({ ok: false, problem });
  });

  it('keeps its sentence short and on one line, whatever the sender put into a key', () => {
    const annotations = { [`\n\u0000${'x'.repeat(1_000_000)}`]: 1 };
    const reading = read(buildReview(buildPod(), { object: { metadata: { annotations }, spec: {} } }));
    if (reading.ok) throw new Error('it was taken');
    expect(reading.problem.length).toBeLessThanOrEqual(300);
    expect(reading.problem).not.toMatch(/\p{Cc}/u);
  });

  it('is not misled by keys that JavaScript has a meaning for', () => {
    const text = JSON.stringify(buildReview(buildPod())).replace(
      '"metadata":{',
      '"metadata":{"__proto__":{"labels":{"a":"b"}},',
    );
    const reading = read(text);
    expect(reading).toMatchObject({ ok: true });
    if (reading.ok) expect(reading.request.pod.metadata.labels).toBeUndefined();
  });
});
