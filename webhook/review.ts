import { Ajv, type DefinedError } from 'ajv';
import type { Container, ObjectMeta, Pod } from '../shared/pod.ts';
import { shorten } from '../shared/quote.ts';
import { reviewSchema } from './review-schema.ts';

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

export type ReviewReading =
  { readonly ok: true; readonly request: PodRequest } | { readonly ok: false; readonly problem: string };

/** A path may hold a key of the sender's own making. */
const longestPath = 200;

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

const isReview = new Ajv({ strict: true }).compile<Review>(reviewSchema);

/** Reads the body of a POST; on failure `problem` is one sentence for whoever sent it, naming the field. */
export function readReview(body: unknown): ReviewReading {
  if (!Buffer.isBuffer(body) || body.length === 0) return problem('the body is empty: wanted is an AdmissionReview');
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return problem('the body is not JSON');
  }
  if (!isReview(value)) return problem(describe(isReview.errors?.[0] as DefinedError | undefined));
  const { uid, operation, subResource = '', namespace, dryRun, object } = value.request;
  const pod: Pod = {
    ...object,
    metadata: { ...object.metadata, ...(namespace !== undefined && { namespace }) },
    spec: { ...object.spec, containers: object.spec.containers ?? [] },
  };
  return { ok: true, request: { uid, operation, subResource, dryRun: dryRun === true, pod } };
}

function describe(error: DefinedError | undefined): string {
  if (error === undefined) return 'the body is no AdmissionReview of a pod';
  const dotted = error.instancePath.slice(1).replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~');
  const path = shorten(dotted, longestPath);
  if (error.keyword === 'required') {
    return `${path === '' ? '' : `${path}.`}${error.params.missingProperty} is missing in the AdmissionReview`;
  }
  const subject = path === '' ? 'the body' : path;
  if (error.keyword === 'const') return `${subject} must be ${JSON.stringify(error.params.allowedValue)}`;
  return `${subject} ${error.message ?? 'is not as it should be'}`;
}

function problem(sentence: string): ReviewReading {
  return { ok: false, problem: sentence };
}
