import type { RestoreObject } from '../shared/restore.ts';
import { compileReview, readBody, stringMap, type Reading } from './review-body.ts';

/** The request of an AdmissionReview for a Restore. */
export interface RestoreRequest {
  readonly uid: string;
  readonly operation: string;
  readonly subResource: string;
  readonly dryRun: boolean;
  /** With the request's namespace. */
  readonly restore: RestoreObject;
  /** As it is stored. null: it is being created. */
  readonly before: RestoreObject | null;
}

interface Review {
  readonly request: {
    readonly uid: string;
    readonly operation: string;
    readonly subResource?: string;
    readonly namespace?: string;
    readonly dryRun?: boolean | null;
    readonly object: RestoreObject;
    readonly oldObject?: RestoreObject | null;
  };
}

const restore = {
  type: 'object',
  required: ['metadata'],
  properties: {
    metadata: { type: 'object', properties: { name: { type: 'string' }, annotations: stringMap } },
    spec: { type: 'object', nullable: true },
    status: { type: 'object', nullable: true, properties: { phase: { type: 'string' } } },
  },
} as const;

const isReview = compileReview<Review>(
  { kind: 'Restore', group: 'velero.io', version: 'v1' },
  { object: restore, oldObject: { ...restore, nullable: true } },
);

/** Reads the body of a POST; on failure `problem` is one sentence for whoever sent it, naming the field. */
export function readRestoreReview(body: unknown): Reading<RestoreRequest> {
  const reading = readBody(body, isReview, 'a Restore');
  if (!reading.ok) return reading;
  const { uid, operation, subResource = '', namespace, dryRun, object, oldObject } = reading.request.request;
  return {
    ok: true,
    request: {
      uid,
      operation,
      subResource,
      dryRun: dryRun === true,
      restore: { ...object, metadata: { ...object.metadata, ...(namespace !== undefined && { namespace }) } },
      before: oldObject ?? null,
    },
  };
}
