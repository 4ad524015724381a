import { readFileSync } from 'node:fs';
import type { Pod } from '../../shared/pod.ts';

export type FixtureName = 'velero-pod-init-and-exec' | 'velero-pod-of-deployment';

export interface AdmissionReview {
  apiVersion: string;
  kind: string;
  request: Record<string, unknown> & { uid: string; object: Pod };
}

/** An AdmissionReview as an API server sent it, a fresh copy each time. */
export function readFixture(name: FixtureName): AdmissionReview {
  const url = new URL(`../fixtures/admission/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as AdmissionReview;
}

/** The review of the creation of a pod. */
export function buildReview(pod: Pod, request: Record<string, unknown> = {}): AdmissionReview {
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'review-1',
      kind: { group: '', version: 'v1', kind: 'Pod' },
      operation: 'CREATE',
      namespace: pod.metadata.namespace,
      object: pod,
      ...request,
    },
  };
}
