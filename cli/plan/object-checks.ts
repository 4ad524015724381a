import { amount, fields, flag, listOf, mapOf, text } from './check.ts';

const amounts = fields({ limits: mapOf(amount), requests: mapOf(amount) });
const named = fields({}, { name: text });

const container = fields(
  {
    image: text,
    command: listOf(text),
    args: listOf(text),
    restartPolicy: text,
    resources: amounts,
    securityContext: fields({}),
    volumeMounts: listOf(fields({ mountPropagation: text, subPathExpr: text }, { name: text, mountPath: text })),
    volumeDevices: listOf(fields({}, { name: text, devicePath: text })),
  },
  { name: text },
);

const metadata = {
  name: text,
  generateName: text,
  namespace: text,
  uid: text,
  resourceVersion: text,
  creationTimestamp: text,
  deletionTimestamp: text,
  labels: mapOf(text),
  annotations: mapOf(text),
  ownerReferences: listOf(fields({ controller: flag, kind: text, name: text })),
};

const podSpec = fields(
  {
    restartPolicy: text,
    initContainers: listOf(container),
    ephemeralContainers: listOf(container),
    volumes: listOf(named),
    resourceClaims: listOf(named),
    resources: amounts,
    hostNetwork: flag,
    hostUsers: flag,
    os: fields({ name: text }),
    readinessGates: listOf(fields({}, { conditionType: text })),
  },
  // A pod without any is refused by the API server.
  { containers: listOf(container, 1) },
);

/** As much of a pod as the planning relies on. */
export const podCheck = fields({}, { metadata: fields(metadata), spec: podSpec });

/** The same of a pod template, which need have no metadata. */
export const templateCheck = fields({ metadata: fields(metadata) }, { spec: podSpec });

/** As much of any object as has to be known of it. */
export const objectCheck = fields({}, { metadata: fields(metadata) });

export const restoreCheck = fields(
  {
    spec: fields({ backupName: text, namespaceMapping: mapOf(text) }),
    status: fields({ phase: text, startTimestamp: text, completionTimestamp: text }),
  },
  { metadata: fields(metadata, { name: text }) },
);

export const policyCheck = fields({}, { metadata: fields(metadata, { name: text }), spec: fields({}) });
