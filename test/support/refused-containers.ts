import type { JsonMap } from '../../shared/json-value.ts';
import { container, initHook, withHooks } from './policy-parts.ts';
import type { Refusal } from './refused-policies.ts';

const mount = { name: 'a', mountPath: '/a' };
const own = 'metadata.name';

/** Nonsense in an init container that is fine otherwise, by the path below it. */
const containers: readonly (readonly [JsonMap, string, string])[] = [
  [{ name: 'Fix' }, 'name', 'name of a container'],
  [{ name: 'restore-wait' }, 'name', 'choose another'],
  [{ name: 'restic-wait' }, 'name', 'choose another'],
  [{ image: ' ' }, 'image', 'name of an image'],
  [{ image: ' busybox' }, 'image', 'without white space'],
  [{ command: [] }, 'command', 'at least 1'],
  [{ command: [''] }, 'command', 'begin with the program'],
  [{ args: 'x' }, 'args', 'array'],
  [{ restartPolicy: 'Never' }, 'restartPolicy', '"Always"'],
  [{ imagePullPolicy: 'always' }, 'imagePullPolicy', '"IfNotPresent"'],
  ...['livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle', 'resizePolicy', 'restartPolicyRules'].map(
    (field) => [{ [field]: {} }, field, 'unknown field'] as const,
  ),

  [{ volumeMounts: [mount, { ...mount, name: 'b' }] }, 'volumeMounts[1]', 'Duplicate value'],
  [{ volumeMounts: [{ name: 'a' }] }, 'volumeMounts[0].mountPath', 'Required value'],
  [{ volumeMounts: [{ ...mount, subPath: '../b' }] }, 'volumeMounts[0].subPath', 'must not validate'],
  [{ volumeMounts: [{ ...mount, subPath: 'b', subPathExpr: 'c' }] }, 'volumeMounts[0].subPathExpr', 'remove one'],
  [{ volumeMounts: [{ ...mount, recursiveReadOnly: 'Enabled' }] }, 'volumeMounts[0].recursiveReadOnly', 'readOnly'],
  [{ volumeMounts: [{ ...mount, mountPropagation: 'Bidirectional' }] }, 'volumeMounts', 'not privileged'],
  [{ volumeDevices: [{ name: 'a', devicePath: '/b' }], volumeMounts: [mount] }, 'volumeDevices', 'is a name in'],
  [{ volumeDevices: [{ name: 'b', devicePath: '/a' }], volumeMounts: [mount] }, 'volumeDevices', 'is a mountPath in'],
  [{ volumeDevices: ['/a', '/b'].map((devicePath) => ({ name: 'a', devicePath })) }, 'volumeDevices', 'volume twice'],
  [{ volumeDevices: [{ name: 'a', devicePath: '../b' }] }, 'volumeDevices[0].devicePath', 'must not validate'],

  [
    { resources: { limits: { memory: '64Mi' }, requests: { memory: '1Gi' } } },
    'resources.requests',
    'lower the request',
  ],
  [{ resources: { limits: { cpu: '1500m' }, requests: { cpu: 2 } } }, 'resources.requests', 'lower the request'],
  [{ resources: { limits: { cpu: 1 }, requests: { cpu: '1500m' } } }, 'resources.requests', 'lower the request'],
  [{ resources: { requests: { 'a.b/gpu': 1 } } }, 'resources.requests', 'cannot be overcommitted'],
  [{ resources: { limits: { 'a.b/gpu': '0.5' } } }, 'resources.limits', 'whole numbers'],
  [{ resources: { limits: { cpu: 1, 'hugepages-2Mi': '3Mi' } } }, 'resources.limits', 'whole numbers of huge pages'],
  [{ resources: { limits: { 'hugepages-2Mi': '4Mi' } } }, 'resources.limits', 'cpu or memory'],
  [{ resources: { limits: { cup: 1 } } }, 'resources.limits', 'is no resource of a container'],
  [{ resources: { limits: { cpu: 'much' } } }, 'resources.limits.cpu', 'should match'],
  [{ resources: { limits: { cpu: -1 } } }, 'resources.limits.cpu', 'greater than or equal to 0'],
  [{ resources: { claims: [{ name: 'a' }, { name: 'a' }] } }, 'resources.claims[1]', 'Duplicate value'],

  [{ env: [{ name: 'A', value: 'b', valueFrom: { fieldRef: { fieldPath: own } } }] }, 'env[0].valueFrom', 'remove one'],
  [{ env: [{ name: 'A', valueFrom: {} }] }, 'env[0].valueFrom', 'must have one of'],
  [{ env: [{ name: 'A=B' }] }, 'env[0].name', 'should match'],
  [
    { env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.x' } } }] },
    'env[0].valueFrom.fieldRef.fieldPath',
    'match',
  ],
  [
    { env: [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1Mi' } } }] },
    'env[0].valueFrom.resourceFieldRef.divisor',
    'must be 1 or 1m for cpu',
  ],
  [{ envFrom: [{ prefix: 'A_' }] }, 'envFrom[0]', 'must have one of'],
  [{ envFrom: [{ secretRef: { name: 'Bad_Name' } }] }, 'envFrom[0].secretRef.name', 'should match'],

  [{ ports: [{ containerPort: 70_000 }] }, 'ports[0].containerPort', 'less than or equal to 65535'],
  [{ ports: [1, 2].map((containerPort) => ({ containerPort, name: 'web' })) }, 'ports', 'of one name'],
  [{ ports: [1, 2].map((containerPort) => ({ containerPort, hostPort: 80 })) }, 'ports', 'hostPort twice'],

  [
    { securityContext: { privileged: true, allowPrivilegeEscalation: false } },
    'securityContext.allowPrivilegeEscalation',
    'must not be false',
  ],
  [{ securityContext: { runAsUser: -1 } }, 'securityContext.runAsUser', 'greater than or equal to 0'],
  [{ securityContext: { seccompProfile: {} } }, 'securityContext.seccompProfile.type', 'Required value'],
  [
    { securityContext: { seccompProfile: { type: 'Localhost' } } },
    'securityContext.seccompProfile.localhostProfile',
    'with the type Localhost',
  ],
  [{ securityContext: { windowsOptions: {} } }, 'securityContext.windowsOptions', 'unknown field'],
];

export const refusedContainers: readonly Refusal[] = containers.map(([more, path, says]) => ({
  spec: withHooks(initHook(container(more))),
  field: `spec.resources[0].postHooks[0].init.initContainers[0].${path}`,
  says,
}));
