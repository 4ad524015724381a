import { securityShape } from './security-shape.ts';
import {
  boolean,
  integer,
  listOf,
  mapOf,
  oneOf,
  optional,
  quantity,
  record,
  refused,
  required,
  text,
  vital,
  wholeListOf,
  type Shape,
} from './shape.ts';
import * as rules from './text-rules.ts';

const largestPort = 65_535;
const keyOf = record({
  name: required(text(rules.objectName)),
  key: required(text(rules.configKey)),
  optional: vital(boolean),
});
const source = record({ name: required(text(rules.objectName)), optional: vital(boolean) });

const valueFrom = record(
  {
    configMapKeyRef: vital(keyOf),
    fieldRef: vital(record({ apiVersion: vital(oneOf('v1')), fieldPath: required(text(rules.podField)) })),
    resourceFieldRef: vital(
      record(
        {
          containerName: vital(text()),
          resource: required(text(rules.resourceField)),
          divisor: vital(text(rules.divisor)),
        },
        ({ resource, divisor }) =>
          divisorFits(String(resource), divisor) ? null : 'has a divisor of another resource',
      ),
    ),
    secretKeyRef: vital(keyOf),
  },
  (given) => (Object.keys(given).length === 1 ? null : 'does not name one source that is known'),
);

const env = record(
  { name: required(text(rules.envName)), value: vital(text()), valueFrom: vital(valueFrom) },
  (given) => ((given.value ?? '') !== '' && given.valueFrom !== undefined ? 'has a value and a valueFrom' : null),
);

const envFrom = record(
  {
    configMapRef: vital(source),
    prefix: vital(text(rules.envPrefix)),
    secretRef: vital(source),
  },
  ({ configMapRef, secretRef }) =>
    (configMapRef === undefined) === (secretRef === undefined) ? 'does not name one source' : null,
);

const port = record({
  name: vital(text(rules.portName)),
  containerPort: required(integer(1, largestPort)),
  hostIP: vital(text()),
  hostPort: vital(integer(0, largestPort)),
  protocol: vital(oneOf('TCP', 'UDP', 'SCTP')),
});

const mount = record(
  {
    name: required(text()),
    mountPath: required(text(rules.notEmpty)),
    mountPropagation: vital(oneOf('None', 'HostToContainer', 'Bidirectional')),
    readOnly: vital(boolean),
    recursiveReadOnly: vital(oneOf('Disabled', 'IfPossible', 'Enabled')),
    subPath: vital(text(rules.relativePath)),
    subPathExpr: vital(text(rules.relativePath)),
  },
  (given) => {
    if ((given.subPath ?? '') !== '' && (given.subPathExpr ?? '') !== '') return 'has a subPath and a subPathExpr';
    if ((given.recursiveReadOnly ?? 'Disabled') === 'Disabled') return null;
    const fits = given.readOnly === true && (given.mountPropagation ?? 'None') === 'None';
    return fits ? null : 'is recursiveReadOnly, and not readOnly, or propagated';
  },
);

const amounts = mapOf(quantity, rules.resourceName);
const resources = record({
  limits: optional(amounts),
  requests: optional(amounts),
  claims: optional(listOf(record({ name: required(text()), request: vital(text(rules.label)) }))),
});

const ofAnotherContainer = refused('has no place in an init hook');

/**
 * A Container as an init hook may have it, Kubernetes 1.36. Command and image are looked at elsewhere: a text has a meaning of its own there.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#Container
 */
export const containerShape = record({
  args: vital(wholeListOf(text())),
  env: optional(listOf(env)),
  envFrom: optional(listOf(envFrom)),
  imagePullPolicy: optional(oneOf('Always', 'IfNotPresent', 'Never')),
  lifecycle: optional(ofAnotherContainer),
  livenessProbe: optional(ofAnotherContainer),
  ports: optional(listOf(port)),
  readinessProbe: optional(ofAnotherContainer),
  resizePolicy: optional(ofAnotherContainer),
  resources: optional(resources),
  restartPolicy: optional(oneOf('Always')),
  restartPolicyRules: optional(ofAnotherContainer),
  securityContext: vital(securityShape),
  startupProbe: optional(ofAnotherContainer),
  stdin: optional(boolean),
  stdinOnce: optional(boolean),
  terminationMessagePath: optional(text()),
  terminationMessagePolicy: optional(oneOf('File', 'FallbackToLogsOnError')),
  tty: optional(boolean),
  volumeDevices: optional(
    listOf(record({ name: required(text()), devicePath: required(text(rules.pathWithoutBacksteps)) })),
  ),
  volumeMounts: optional(listOf(mount)),
  workingDir: vital(text()),
}) satisfies Shape;

function divisorFits(resource: string, divisor: unknown): boolean {
  if (divisor === undefined || divisor === '0' || divisor === '1') return true;
  return resource.endsWith('.cpu') === (divisor === '1m');
}
