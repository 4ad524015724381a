import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { Json } from '../../shared/yaml-value.ts';
import { container, execHook, initHook, rule, specOf, times, withHooks } from './policy-parts.ts';

/** The rules of one of the page's Restores, `exec` or `init`. */
export async function pageRules(kind: string): Promise<readonly Json[]> {
  const file = new URL(`../../examples/restore-spec/restore-${kind}.yaml`, import.meta.url);
  const restore = parse(await readFile(file, 'utf8')) as {
    readonly spec: { readonly hooks: { readonly resources: readonly Json[] } };
  };
  return restore.spec.hooks.resources;
}

const everyExecField = {
  name: 'load_1.a',
  container: 'main',
  onError: 'Fail',
  execTimeout: '1h2m3.5s',
  waitTimeout: '300ms',
  waitForReady: true,
  retries: 100,
  retryDelay: '5s',
  onInterrupt: 'Retry',
};
const durations = ['1us', '1µs', '1μs', '1ns', '.5s', '1.s', '90m', '1.5h', '1h1h', '999999h'];
const globs = ['*', 'shop', 'shop-*', 'sh?p', '[a-c]*', '[!a]*', '[^a-]b', '{a,b}-x', '{a,{b,c}}', 'a{b,}'];
const full = container({
  args: ['-R', ''],
  env: [
    { name: 'A', value: '1' },
    { name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'C', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1m' } } },
    { name: 'D', valueFrom: { secretKeyRef: { name: 's', key: 'k', optional: true } } },
  ],
  envFrom: [{ prefix: 'P_', configMapRef: { name: 'c' } }],
  resources: {
    limits: { cpu: 1, memory: '64Mi', 'example.com/gpu': 1, 'hugepages-2Mi': '4Mi' },
    requests: { cpu: '500m', memory: '64Mi', 'example.com/gpu': '1', 'hugepages-2Mi': '4096Ki' },
  },
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'], add: ['CHOWN'] },
    runAsUser: 0,
    seccompProfile: { type: 'RuntimeDefault' },
  },
  volumeMounts: [
    { name: 'data', mountPath: '/data', readOnly: true, recursiveReadOnly: 'Enabled' },
    { name: 'data', mountPath: '/sub', subPath: 'a/b' },
  ],
  volumeDevices: [{ name: 'block', devicePath: '/dev/x' }],
});
const dns = [
  { containerPort: 53, protocol: 'UDP', hostPort: 53 },
  { containerPort: 53, hostPort: 53 },
];
const sidecar = container({ name: 'proxy', restartPolicy: 'Always', ports: dns });
const selector = {
  matchLabels: { app: 'db', 'a.b-c/D_e': '' },
  matchExpressions: [
    { key: 'a', operator: 'In', values: ['x', 'y'] },
    { key: 'a', operator: 'NotIn', values: ['z'] },
    { key: 'a.b/c', operator: 'Exists' },
    { key: 'd', operator: 'DoesNotExist', values: [] },
  ],
};
const emptyLists = {
  includedNamespaces: [],
  excludedNamespaces: [],
  includedResources: [],
  excludedResources: [],
  labelSelector: {},
};

export const goodPolicies: readonly { readonly what: string; readonly spec: Json }[] = [
  { what: 'the least that can be asked for', spec: specOf(rule()) },
  { what: 'two rules of one name', spec: specOf(rule(), rule()) },
  { what: 'every field of an exec hook', spec: withHooks(execHook(everyExecField)) },
  { what: 'the defaults, by their words', spec: withHooks(execHook({ onError: 'Continue', onInterrupt: 'Fail' })) },
  ...durations.map((execTimeout) => ({
    what: `execTimeout ${execTimeout}`,
    spec: withHooks(execHook({ execTimeout })),
  })),
  { what: 'globs of every kind', spec: specOf(rule({ includedNamespaces: globs, excludedNamespaces: ['kube-*'] })) },
  {
    what: 'braces that stand for 64 names',
    spec: specOf(rule({ includedNamespaces: ['{a,b}'.repeat(6), `{${'a,'.repeat(62)}b}`] })),
  },
  { what: 'pods by all their names', spec: specOf(rule({ includedResources: ['pods', 'po', 'pod', '*'] })) },
  { what: 'empty lists', spec: { inherit: [], ...specOf(rule(emptyLists)) } },
  { what: 'selectors with every operator', spec: specOf(rule({ labelSelector: selector })) },
  {
    what: 'much of what a container may have',
    spec: withHooks(initHook(full, sidecar), initHook(container({ name: 'last' }))),
  },
  {
    what: 'all that can be inherited',
    spec: { inherit: ['securityContext', 'volumeMounts', 'resources'], ...specOf(rule()) },
  },
  { what: 'a readiness gate', spec: { readinessGate: true, ...specOf(rule()) } },
  { what: 'no readiness gate', spec: { readinessGate: false, ...specOf(rule()) } },
];

/** Larger than the annotation in which `kubectl apply` keeps what it applied. */
export const largePolicies: readonly { readonly what: string; readonly spec: Json }[] = [
  { what: 'as many rules and exec hooks as there may be', spec: specOf(...times(50, manyExecHooks())) },
  { what: '800 init containers', spec: specOf(...times(10, manyInitContainers())) },
];

function manyExecHooks(): Json {
  const fields = { name: 'x'.repeat(63), execTimeout: '1m', waitTimeout: '1h', container: 'main', waitForReady: true };
  return rule({ includedNamespaces: times(50, 'shop-[0-9]*'), postHooks: times(16, execHook(fields)) });
}

function manyInitContainers(): Json {
  const amounts = { cpu: '1', memory: '1Gi' };
  const postHooks = Array.from({ length: 16 }, (_, hook) =>
    initHook(
      ...Array.from({ length: 5 }, (__, at) =>
        container({
          name: `fix-${hook}-${at}`,
          resources: { limits: amounts, requests: amounts },
          env: [{ name: 'NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } }],
          volumeMounts: [{ name: 'data', mountPath: '/var/lib/data' }],
        }),
      ),
    ),
  );
  return rule({ postHooks });
}
