import type { Container, ObjectMeta, Pod } from '../shared/pod.ts';
import { compileReview, readBody, stringMap, type Reading } from './review-body.ts';

/** The request of an AdmissionReview for a pod, ready to be judged. */
export interface PodRequest {
  readonly uid: string;
  readonly operation: string;
  /** Empty for the pod itself. */
  readonly subResource: string;
  readonly dryRun: boolean;
  /** With the request's namespace, which the object may lack, and with `containers` in any case. */
  readonly pod: Pod;
}

interface Review {
  readonly request: {
    readonly uid: string;
    readonly operation: string;
    readonly subResource?: string;
    readonly namespace?: string;
    readonly dryRun?: boolean | null;
    readonly object: {
      readonly metadata: ObjectMeta;
      readonly spec: { readonly containers?: readonly Container[] | null };
    };
  };
}

const containers = {
  type: 'array',
  nullable: true,
  items: {
    type: 'object',
    required: ['name'],
    properties: {
      name: { type: 'string' },
      image: { type: 'string' },
      command: { type: 'array', nullable: true, items: { type: 'string' } },
      restartPolicy: { type: 'string', nullable: true },
    },
  },
} as const;

const pod = {
  type: 'object',
  required: ['metadata', 'spec'],
  properties: {
    metadata: {
      type: 'object',
      properties: {
        name: { type: 'string' },
        generateName: { type: 'string' },
        labels: stringMap,
        annotations: stringMap,
        ownerReferences: {
          type: 'array',
          nullable: true,
          items: { type: 'object', properties: { controller: { type: 'boolean', nullable: true } } },
        },
      },
    },
    spec: {
      type: 'object',
      properties: { containers, initContainers: containers, ephemeralContainers: containers },
    },
  },
} as const;

const isReview = compileReview<Review>({ kind: 'Pod', group: '', version: 'v1' }, { object: pod });

/** Reads the body of a POST; on failure `problem` is one sentence for whoever sent it, naming the field. */
export function readReview(body: unknown): Reading<PodRequest> {
  const reading = readBody(body, isReview, 'a pod');
  if (!reading.ok) return reading;
  const { uid, operation, subResource = '', namespace, dryRun, object } = reading.request.request;
  const created: Pod = {
    ...object,
    metadata: { ...object.metadata, ...(namespace !== undefined && { namespace }) },
    spec: { ...object.spec, containers: object.spec.containers ?? [] },
  };
  return { ok: true, request: { uid, operation, subResource, dryRun: dryRun === true, pod: created } };
}
