import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { trimPod } from '../../executor/pod-api.ts';
import { admissionPatch } from '../../shared/patch.ts';
import { planPod } from '../../shared/plan.ts';
import type { Pod } from '../../shared/pod.ts';
import { execHook, Scene } from '../support/scene.ts';

const key = 'restorehooks.io/init';
const long = 'x'.repeat(64);

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
}, 60_000);
afterAll(async () => {
  await scene.close();
}, 180_000);

/** A pod's spec that has a bit of everything that a hook may refer to. Nothing has to run. */
const spec = {
  nodeSelector: { 'no-such-node': 'true' },
  volumes: [
    { name: 'data', emptyDir: {} },
    { name: 'claim', persistentVolumeClaim: { claimName: 'claim' } },
  ],
};

const warningsOf = (stderr: string) => [...stderr.matchAll(/^Warning: (.*)$/gm)].map(([, text]) => text ?? '');

/** What one field costs in a container that is fine otherwise: the container's field in the end, undefined if it is left out. */
const refusedFields: readonly [string, unknown, unknown, string][] = [
  ['name', 'Not_A_Name', expect.stringMatching(/^velero-restore-init-/), 'is no container name'],
  ['name', long, expect.stringMatching(/^velero-restore-init-/), 'is no container name'],
  ['name', 7, expect.stringMatching(/^velero-restore-init-/), 'is no container name'],
  ['name', 'main', 'main-2', 'is the name of another container'],
  ['image', ' busybox:1.35 ', 'busybox:1.35', 'white space'],
  ['volumeMounts', [{ name: 'nosuch', mountPath: '/a' }], undefined, '"nosuch" is no volume of this pod'],
  ['volumeMounts', [{ name: 'data', mountPath: '' }], undefined, 'is empty'],
  ['volumeMounts', [{ name: 'data' }], undefined, 'has no mountPath'],
  ['volumeMounts', [{ name: 'data', mountPath: '/a', subPath: '../up' }], undefined, 'is no path inside the volume'],
  ['volumeMounts', [{ name: 'data', mountPath: '/a', subPath: '/up' }], undefined, 'is no path inside the volume'],
  ['volumeMounts', [{ name: 'data', mountPath: '/a', subPath: 'a', subPathExpr: 'b' }], undefined, 'subPathExpr'],
  ['volumeMounts', [{ name: 'data', mountPath: '/a', mountPropagation: 'Bidirectional' }], undefined, 'Bidirectional'],
  ['volumeMounts', [{ name: 'data', mountPath: '/a', mountPropagation: 'Both' }], undefined, 'is none of None'],
  ['volumeMounts', [{ name: 'data', mountPath: '/a', recursiveReadOnly: 'Enabled' }], undefined, 'recursiveReadOnly'],
  ['volumeMounts', [{ name: 'data', mountPath: '/a', readOnly: 'yes' }], undefined, 'is text, not true or false'],
  ['volumeMounts', 'data', undefined, 'is text, not a list'],
  [
    'volumeMounts',
    [
      { name: 'data', mountPath: '/a' },
      { name: 'claim', mountPath: '/a' },
    ],
    [{ name: 'data', mountPath: '/a' }],
    '"/a" is mounted twice',
  ],
  ['volumeDevices', [{ name: 'data', devicePath: '/dev/x' }], undefined, 'is no block volume'],
  ['volumeDevices', [{ name: 'claim', devicePath: '../x' }], undefined, 'is no path'],
  ['livenessProbe', { exec: { command: ['true'] } }, undefined, 'has no place in an init hook'],
  ['readinessProbe', { exec: { command: ['true'] } }, undefined, 'has no place in an init hook'],
  ['startupProbe', { exec: { command: ['true'] } }, undefined, 'has no place in an init hook'],
  ['lifecycle', { preStop: { exec: { command: ['true'] } } }, undefined, 'has no place in an init hook'],
  ['resizePolicy', [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }], undefined, 'has no place'],
  ['restartPolicyRules', [{ action: 'Restart' }], undefined, 'has no place in an init hook'],
  ['restartPolicy', 'Sometimes', undefined, 'is none of Always'],
  ['targetContainerName', 'main', undefined, 'is unknown and ignored'],
  ['timeout', '5m', undefined, 'is unknown and ignored'],
  ['imagePullPolicy', 'never', undefined, 'is none of Always, IfNotPresent, Never'],
  ['terminationMessagePolicy', 'Log', undefined, 'is none of File'],
  ['terminationMessagePath', 1, undefined, 'is a number, not text'],
  ['stdin', 'no', undefined, 'is text, not true or false'],
  ['env', [{ name: 'PORT', value: 5432 }], undefined, 'is a number, not text: env[0] is left out'],
  ['env', [{ name: '', value: 'x' }], undefined, 'is no name of a variable'],
  ['env', [{ name: 'A=B', value: 'x' }], undefined, 'is no name of a variable'],
  ['env', [{ name: 'A', valueFrom: {} }], undefined, 'does not name one source'],
  ['env', [{ name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }], undefined, 'valueFrom'],
  ['env', [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.nosuch' } } }], undefined, 'cannot be in'],
  ['env', [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.labels' } } }], undefined, 'cannot be in'],
  ['env', [{ name: 'A', valueFrom: { secretKeyRef: { name: 'S', key: 'k' } } }], undefined, 'is no name of an object'],
  ['env', [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'a b' } } }], undefined, 'is no key'],
  ['env', [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'cpu' } } }], undefined, 'cannot be in'],
  [
    'env',
    [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1Mi' } } }],
    undefined,
    'has a divisor',
  ],
  ['envFrom', [{ prefix: 'A_' }], undefined, 'does not name one source'],
  ['envFrom', [{ secretRef: { name: 'Bad_Name' } }], undefined, 'is no name of an object'],
  ['ports', [{ containerPort: 70_000 }], undefined, 'is no whole number from 1 to 65535'],
  ['ports', [{ containerPort: 80, name: 'Web Port' }], undefined, 'is no name of a port'],
  ['ports', [{ containerPort: 80, protocol: 'HTTP' }], undefined, 'is none of TCP, UDP, SCTP'],
  ['resources', { limits: { cpu: 'much' } }, {}, 'is no quantity'],
  ['resources', { limits: { cpu: '-1' } }, {}, 'is no quantity'],
  ['resources', { limits: { cup: '1' } }, {}, 'is no resource of a container'],
  ['resources', { limits: { 'example.com/gpu': '0.5' } }, {}, 'is no whole number of them'],
  ['resources', { limits: { 'hugepages-2Mi': '4Mi' } }, {}, 'needs cpu or memory'],
  ['resources', { requests: { 'example.com/gpu': 1 } }, {}, 'is not the same as its limit'],
  ['resources', { claims: [{ name: 'nosuch' }] }, {}, 'is no claim of this pod'],
  [
    'resources',
    { requests: { cpu: '2', memory: '64Mi' }, limits: { cpu: '500m', memory: '128Mi' } },
    { requests: { cpu: '500m', memory: '64Mi' }, limits: { cpu: '500m', memory: '128Mi' } },
    'is above its limit: left out',
  ],
];

/** What costs the whole container, for without it the container would do something else, or with more rights. */
const refusedContainers: readonly [string, Record<string, unknown>, string][] = [
  ['no image', { name: 'hook' }, 'has no image: no hook'],
  ['a blank image', { name: 'hook', image: ' ' }, 'names no image'],
  ['an image that is no text', { name: 'hook', image: 7 }, 'is no text: no hook'],
  ['an empty command', { image: 'busybox:1.35', command: [] }, 'is an empty command: no hook'],
  ['a command of numbers', { image: 'busybox:1.35', command: [1] }, 'is a number, not text: no hook'],
  ['arguments that are text', { image: 'busybox:1.35', args: 'a b' }, 'is text, not a list: no hook'],
  ['a user that is none', { image: 'busybox:1.35', securityContext: { runAsUser: -1 } }, 'no hook'],
  ['a user that is text', { image: 'busybox:1.35', securityContext: { runAsUser: '0' } }, 'is text, not a number'],
  [
    'rights that contradict each other',
    { image: 'busybox:1.35', securityContext: { privileged: true, allowPrivilegeEscalation: false } },
    'has privileges',
  ],
  ['a seccomp profile without a type', { image: 'b', securityContext: { seccompProfile: {} } }, 'has no type'],
  ['an unmasked proc', { image: 'b', securityContext: { procMount: 'Unmasked' } }, 'Unmasked'],
  ['options of Windows', { image: 'b', securityContext: { windowsOptions: {} } }, 'is not supported'],
];

/** What spoils the list. */
const refusedLists: readonly [string, string, string][] = [
  ['no YAML', '[{image: ', 'is no YAML'],
  ['a map', 'image: busybox', 'is no list'],
  ['a text', 'busybox', 'is no list'],
  ['a text in the list', '- busybox', 'is no map of fields'],
  ['two documents', '[]\n---\n[]', 'is no YAML'],
  ['an alias', '- &a {image: busybox}\n- *a', 'has an alias (line 2)'],
  ['a tag', '- !!binary aGVsbG8=', 'has a tag (line 1)'],
  ['a key twice', '- image: a\n  image: b', 'has a key twice (line 2)'],
  ['deep nesting', `${'['.repeat(2_000)}${']'.repeat(2_000)}`, 'is no YAML'],
  ['less deep nesting', `${'['.repeat(50)}${']'.repeat(50)}`, 'nests deeper than 32'],
  ['much text', `- image: ${'x'.repeat(70_000)}`, 'is longer than 65536 characters'],
];

describe('an init hook of an own list, by the real API server', () => {
  it.each(refusedFields.map((row, index) => ({ index, field: row[0], value: row[1], left: row[2], says: row[3] })))(
    'never costs the pod its creation: $field $value',
    async ({ index, field, value, left, says }) => {
      const name = `field-${index}`;
      const container = { name: 'hook', image: 'busybox:1.35', command: ['/bin/true'], [field]: value };
      const { stdout, stderr } = await scene.restore({
        name,
        spec,
        annotations: { [key]: JSON.stringify([container]) },
      });
      expect(stdout).toContain('created');
      const warnings = warningsOf(stderr);
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toContain(says);
      expect(warnings[0]?.startsWith(key)).toBe(true);
      const [hook] = (await scene.pod(name)).spec.initContainers ?? [];
      expect(hook).toMatchObject({ image: 'busybox:1.35', command: ['/bin/true'] });
      expect(withoutGranted(hook?.[field])).toEqual(field in defaults ? defaults[field] : left);
    },
    30_000,
  );

  it('is a native sidecar if its restartPolicy is Always, as it would be in the pod', async () => {
    const container = { name: 'proxy', image: 'busybox:1.35', restartPolicy: 'Always' };
    const { stderr } = await scene.restore({
      name: 'sidecar',
      spec,
      annotations: { [key]: JSON.stringify([container]) },
    });
    expect(warningsOf(stderr)).toEqual([]);
    expect((await scene.pod('sidecar')).spec.initContainers).toMatchObject([container]);
  }, 30_000);

  it.each(refusedContainers.map(([what, container, says], index) => ({ what, container, says, index })))(
    'is left out with $what, and the pod is created',
    async ({ container, says, index }) => {
      const name = `container-${index}`;
      const good = { name: 'good', image: 'busybox:1.35' };
      const { stderr } = await scene.restore({
        name,
        spec,
        annotations: { [key]: JSON.stringify([container, good]) },
      });
      expect(warningsOf(stderr)).toEqual([expect.stringContaining(says)]);
      const { spec: created } = await scene.pod(name);
      expect((created.initContainers ?? []).map((each) => each.name)).toEqual(['good']);
    },
    30_000,
  );

  it.each(refusedLists.map(([what, text, says], index) => ({ what, text, says, index })))(
    'is none in a list with $what, and the pod is created',
    async ({ text, says, index }) => {
      const name = `list-${index}`;
      const { stderr } = await scene.restore({ name, spec, annotations: { [key]: text } });
      expect(warningsOf(stderr)).toEqual([expect.stringContaining(says)]);
      expect((await scene.pod(name)).spec.initContainers ?? []).toEqual([]);
    },
    30_000,
  );
});

const inheriting = { 'restorehooks.io/inherit': 'securityContext,volumeMounts,resources' };
const hardened = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  runAsUser: 1000,
  seccompProfile: { type: 'RuntimeDefault' },
};
const asked = { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '100m', memory: '64Mi' } };
const write = ['/bin/sh', '-c', 'id -u > /data/$0'];
const annotated = {
  'init.hook.restore.velero.io/container-name': 'velero',
  'init.hook.restore.velero.io/container-image': 'busybox:1.35',
  'init.hook.restore.velero.io/command': JSON.stringify([...write, 'velero']),
  [key]: JSON.stringify([{ name: 'own', image: 'busybox:1.35', command: [...write, 'own'] }]),
};

describe('what an init hook inherits', () => {
  const first = {
    name: 'main',
    securityContext: hardened,
    resources: asked,
    volumeMounts: [{ name: 'data', mountPath: '/data' }],
  };
  const volumes = [{ name: 'data', emptyDir: {} }];
  const restore = (name: string, annotations: Record<string, string>) =>
    scene.restore({ name, annotations, containers: [first], spec: { volumes } });

  it('lets it pass a namespace that enforces the restricted standard, and nothing less does', async () => {
    const label = 'pod-security.kubernetes.io/enforce';
    await scene.kubectl('label', 'namespace', scene.namespace, `${label}=restricted`);
    await expect(restore('bare', annotated)).rejects.toThrow('violates PodSecurity "restricted:latest"');
    await restore('restricted', { ...annotated, ...inheriting });
    await scene.ready('restricted');
    await scene.kubectl('label', 'namespace', scene.namespace, `${label}-`);
    expect(await scene.sh('restricted', 'cat /data/velero /data/own')).toBe('1000\n1000\n');
    const { spec: created } = await scene.pod('restricted');
    expect(created.initContainers?.map(({ name }) => name)).toEqual(['velero', 'own']);
  }, 120_000);

  it('lets it pass a quota of requests and limits, and nothing less does', async () => {
    const hard = 'requests.cpu=8,requests.memory=8Gi,limits.cpu=8,limits.memory=8Gi';
    await scene.kubectl('create', 'quota', 'all', `--hard=${hard}`);
    await scene.kubectl('wait', 'quota/all', '--for=jsonpath={.status.hard}', '--timeout=60s');
    await expect(restore('unmeasured', annotated)).rejects.toThrow('must specify limits.cpu for: own,velero');
    await restore('measured', { ...annotated, ...inheriting });
    expect((await scene.pod('measured')).spec.initContainers).toMatchObject([
      { resources: asked },
      { resources: asked },
    ]);
    await scene.kubectl('delete', 'quota', 'all');
  }, 120_000);

  it('changes nothing when the pod, as the API server filled it in, is admitted again', async () => {
    await restore('again', { ...annotated, ...inheriting });
    const { metadata, spec: filled } = await scene.pod('again');
    const pod: Pod = { metadata, spec: filled };
    const plan = planPod(pod);
    expect(plan.init).toHaveLength(2);
    expect(admissionPatch(pod, plan, 'r1')).toEqual([]);
    expect(planPod(trimPod(pod)).warnings).toEqual(plan.warnings);
  }, 60_000);

  it('takes nothing by a word that is unknown, and says so', async () => {
    const { stderr } = await restore('word', { ...annotated, 'restorehooks.io/inherit': 'securityContext, env' });
    expect(warningsOf(stderr)).toEqual([
      'restorehooks.io/inherit "env" is ignored: it is none of securityContext, volumeMounts, resources',
    ]);
  }, 60_000);
});

describe('exec hooks of an own list', () => {
  it('run after the annotation’s, in the order of the list, and an unreadable list hides none of them', async () => {
    const line = (text: string) => ['/bin/sh', '-c', `echo ${text} >> /tmp/order`];
    const list = [
      '- name: second',
      `  command: ${JSON.stringify(line('second'))}`,
      '  waitForReady: true',
      '  retries: 101',
      '- command: |-',
      `    ${JSON.stringify(line('third'))}`,
      '  execTimeout: 5',
    ].join('\n');
    const annotations = { ...execHook(line('first')), 'restorehooks.io/exec': list, [key]: '{' };
    const { stderr } = await scene.restore({ name: 'order', annotations });
    expect(warningsOf(stderr)).toEqual([
      'restorehooks.io/init is no YAML (line 1): no hook of it is run',
      'restorehooks.io/exec[0].retries "101" is no whole number from 0 to 100: 0 is taken',
      'restorehooks.io/exec[1].execTimeout "5" is no duration such as 1m30s: 30s is taken',
    ]);
    await scene.told('hooks finished', 'order');
    expect(await scene.sh('order', 'cat /tmp/order')).toBe('first\nsecond\nthird\n');
    expect(await scene.mark('order')).toBe('True Succeeded');
    const events = await scene.events('order');
    const told = events.filter(({ reason }) => reason === 'HookWarning').map(({ note }) => note);
    expect(told.sort()).toEqual(warningsOf(stderr).sort());
  }, 120_000);
});

/** Without the mount of the service account's token, which the API server adds to every container. */
function withoutGranted(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const own = value.filter((each: { name?: string }) => each.name?.startsWith('kube-api-access-') !== true);
  return own.length === 0 ? undefined : own;
}

/** What the API server fills in where a field was left out. */
const defaults: Readonly<Record<string, unknown>> = {
  imagePullPolicy: 'IfNotPresent',
  terminationMessagePolicy: 'File',
  terminationMessagePath: '/dev/termination-log',
};

describe('a readiness gate', () => {
  it('keeps a pod from being Ready until its hooks are done', async () => {
    const command = ['/bin/sh', '-c', 'until [ -e /tmp/go ]; do sleep 0.1; done'];
    const annotations = {
      ...execHook(command, { 'exec-timeout': '60s', 'on-error': 'Fail' }),
      'restorehooks.io/readiness-gate': 'true',
    };
    const { stderr } = await scene.restore({ name: 'gated', annotations });
    expect(warningsOf(stderr)).toEqual([]);
    expect((await scene.pod('gated')).spec.readinessGates).toEqual([{ conditionType: 'restorehooks.io/ready' }]);
    await scene.told('hook started', 'gated');
    await scene.kubectl('wait', '--for=condition=ContainersReady', 'pod/gated', '--timeout=60s');
    const ready = async () => (await scene.pod('gated')).status?.conditions?.find(({ type }) => type === 'Ready');
    expect(await ready()).toMatchObject({ status: 'False', reason: 'ReadinessGatesNotReady' });
    await scene.sh('gated', 'touch /tmp/go');
    await scene.ready('gated');
    await scene.told('hooks finished', 'gated');
    expect(await scene.mark('gated')).toBe('True Succeeded');
  }, 90_000);
});
