import { readFile } from 'node:fs/promises';

/** The parts of a recorded AdmissionReview of a pod that the bench changes; all others stay as the API server sent them. */
export interface PodReview {
  readonly request: {
    uid: string;
    name: string;
    namespace: string;
    readonly object: {
      readonly metadata: {
        name: string;
        namespace: string;
        labels: Record<string, string>;
        annotations?: Record<string, string> | undefined;
        managedFields?: ManagedFields[] | undefined;
        readonly [field: string]: unknown;
      };
      readonly spec: {
        volumes: Named[];
        initContainers: Container[];
        containers: Container[];
        readonly [field: string]: unknown;
      };
      readonly [field: string]: unknown;
    };
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

interface Named {
  readonly name: string;
  readonly [field: string]: unknown;
}

export interface Container extends Named {
  env?: { readonly name: string; readonly value: string }[];
  volumeMounts: Named[];
}

export interface ManagedFields {
  readonly fieldsV1: Record<string, unknown>;
  readonly [field: string]: unknown;
}

const recorded = new URL('../fixtures/admission/velero-pod-init-and-exec.json', import.meta.url);

/** Reads a review that an API server sent for a pod which Velero restored: annotations for an init and an exec hook. */
export async function readRecorded(): Promise<PodReview> {
  return JSON.parse(await readFile(recorded, 'utf8')) as PodReview;
}
