import { Ajv, type DefinedError, type ValidateFunction } from 'ajv';
import { bodyMisshape } from './body-shape.ts';
import { shorten } from '../shared/quote.ts';

export type Reading<Request> =
  { readonly ok: true; readonly request: Request } | { readonly ok: false; readonly problem: string };

export const stringMap = { type: 'object', nullable: true, additionalProperties: { type: 'string' } } as const;

/** A path may hold a key of the sender's own making. */
const longestPath = 200;

/**
 * Compiles the schema of an admission.k8s.io/v1 AdmissionReview of one kind of object, as much of it as is read here; every
 * other field passes. Each keyword takes time in proportion to the input, whatever the input is.
 * Source: https://kubernetes.io/docs/reference/config-api/apiserver-admission.v1/
 */
export function compileReview<Review>(
  kind: { readonly group: string; readonly version: string; readonly kind: string },
  objects: Readonly<Record<string, unknown>> & { readonly object: unknown },
): ValidateFunction<Review> {
  const names = Object.entries(kind).map(([field, name]) => [field, { const: name }] as const);
  return new Ajv({ strict: true }).compile<Review>({
    type: 'object',
    required: ['apiVersion', 'kind', 'request'],
    properties: {
      apiVersion: { const: 'admission.k8s.io/v1' },
      kind: { const: 'AdmissionReview' },
      request: {
        type: 'object',
        required: ['uid', 'kind', 'operation', 'object'],
        properties: {
          uid: { type: 'string', minLength: 1 },
          kind: { type: 'object', required: ['version', 'kind'], properties: Object.fromEntries(names) },
          operation: { type: 'string' },
          subResource: { type: 'string' },
          name: { type: 'string' },
          namespace: { type: 'string' },
          dryRun: { type: 'boolean', nullable: true },
          ...objects,
        },
      },
    },
  });
}

/** Reads the body of a POST; on failure `problem` is one sentence for whoever sent it, naming the field. */
export function readBody<Review>(body: unknown, isReview: ValidateFunction<Review>, of: string): Reading<Review> {
  if (!Buffer.isBuffer(body) || body.length === 0) return problem('the body is empty: wanted is an AdmissionReview');
  const misshape = bodyMisshape(body);
  if (misshape !== null) return problem(`the body ${misshape}: no object of Kubernetes does`);
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return problem('the body is not JSON');
  }
  if (isReview(value)) return { ok: true, request: value };
  return problem(describe(isReview.errors?.[0] as DefinedError | undefined, of));
}

function describe(error: DefinedError | undefined, of: string): string {
  if (error === undefined) return `the body is no AdmissionReview of ${of}`;
  const dotted = error.instancePath.slice(1).replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~');
  const path = shorten(dotted, longestPath);
  if (error.keyword === 'required') {
    return `${path === '' ? '' : `${path}.`}${error.params.missingProperty} is missing in the AdmissionReview`;
  }
  const subject = path === '' ? 'the body' : path;
  if (error.keyword === 'const') return `${subject} must be ${JSON.stringify(error.params.allowedValue)}`;
  return `${subject} ${error.message ?? 'is not as it should be'}`;
}

function problem(sentence: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem: sentence };
}
