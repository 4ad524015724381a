import { describe, expect, it } from '@jest/globals';
import { expectFindings, indented } from './marked.ts';

function restoreWith(hooks: string, more = ''): string {
  return `apiVersion: velero.io/v1
kind: Restore
metadata: { name: r2, namespace: velero }
spec:
${indented(more, 2)}
  hooks:
${indented(hooks, 4)}
`;
}

function policyWith(spec: string, namespace = 'restore-hooks'): string {
  return `apiVersion: restorehooks.io/v1alpha1
kind: RestoreHookPolicy
metadata: { name: standing, namespace: ${namespace} }
spec:
${indented(spec, 2)}
`;
}

function pod(name: string, more = ''): string {
  return `---
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: app, labels: { app: ${name} }${more} }
spec: { containers: [{ name: main }], volumes: [{ name: data }] }
`;
}

const exec = (fields: string) => `resources:\n  - postHooks:\n      - exec: { ${fields} }`;

describe('lintFiles, rules by themselves', () => {
  it.each([
    ['resources that are no list', 'resources: ‸{ a: b }', 'error MalformedRule'],
    ['a rule that is no map', 'resources:\n  - ‸text', 'error MalformedRule'],
    ['a field of the wrong type', 'resources:\n  - name: one\n    includedNamespaces: ‸app', 'error MalformedRule'],
    [
      'a selector without an operator',
      'resources: [{labelSelector: {matchExpressions: [‸{key: a}]}}]',
      'error MalformedRule',
    ],
    ['an unknown field of a rule', 'resources:\n  - ‸includeNamespaces: [app]', 'error UnknownField'],
    ['an unknown field beside the rules', 'resources: []\n‸resource: []', 'error UnknownField'],
    ['a glob that is none', 'resources: [{excludedNamespaces: [a, ‸"[b"]}]', 'error MalformedGlob'],
    [
      'an unknown operator',
      'resources: [{labelSelector: {matchExpressions: [‸{key: a, operator: in}]}}]',
      'error MalformedSelector',
    ],
    ['postHooks that are no list', 'resources: [{postHooks: ‸{exec: {}}}]', 'error InvalidField'],
    ['an unknown kind of hook', 'resources: [{postHooks: [{‸execute: {}}]}]', 'error UnknownField'],
    ['a hook without a command', 'resources: [{postHooks: [{exec: ‸{container: a}}]}]', 'error InvalidField'],
    ['a malformed duration', exec('command: [/x], execTimeout: ‸ten'), 'error MalformedDuration'],
    ['a malformed onError', exec('command: [/x], onError: ‸fail'), 'error MalformedOnError'],
    ['a command for a shell', exec('command: ‸psql -l'), 'error ShellOneLiner'],
    ['Fail without a waitTimeout', exec('command: [/x], onError: ‸Fail'), 'warning FailWithoutWaitTimeout'],
    ['an unknown field of a hook', exec('command: [/x], ‸timeout: 5s'), 'error UnknownField'],
    [
      'a container without a name',
      'resources: [{postHooks: [{init: {initContainers: [‸{image: a}]}}]}]',
      'error InvalidField',
    ],
    [
      'a malformed timeout of init hooks',
      'resources: [{postHooks: [{init: {timeout: ‸5}}]}]',
      'error MalformedDuration',
    ],
    [
      'the same hook twice',
      'resources: [{postHooks: [{exec: {command: [/x]}}, {exec: ‸{command: [/x]}}]}]',
      'warning DuplicateHook',
    ],
  ])('finds in a Restore and in a policy %s', (_what, hooks, verdict) => {
    expectFindings(restoreWith(hooks), [verdict]);
    expectFindings(policyWith(hooks), [verdict]);
  });

  it('finds in a Restore hooks that are no map', () => {
    expectFindings('apiVersion: velero.io/v1\nkind: Restore\nmetadata: {name: r}\nspec: {hooks: ‸[]}', [
      'error MalformedRule',
    ]);
  });

  it('finds in a policy what it cannot inherit, and what a Restore has not', () => {
    expectFindings(policyWith('inherit: [resources, ‸volumes]'), ['error InvalidField']);
    expectFindings(policyWith(exec('command: [/x], retries: ‸101')), ['error MalformedCount']);
    expectFindings(policyWith(exec('command: [/x], onInterrupt: ‸Retri')), ['error MalformedOnInterrupt']);
    expectFindings(restoreWith(exec('command: [/x], ‸retries: 3')), ['error UnknownField']);
  });

  it.each([
    [`'{"resources": [{"postHooks": [{"exec": {"command": ["/x"], "execTimeout": ‸"ten"}}]}]}'`, 'MalformedDuration'],
    [`|\n  {"resources": [\n    {"postHooks": ‸{}}]}`, 'InvalidField'],
    [`‸'{"resources": [}'`, 'MalformedRule'],
  ])('points into the annotation that a takeover moved the hooks of a Restore to: %s', (moved, code) => {
    const annotation = indented(`restorehooks.io/hooks: ${moved}`, 4);
    const metadata = `metadata:\n  name: r2\n  annotations:\n${annotation}`;
    expectFindings(`apiVersion: velero.io/v1\nkind: Restore\n${metadata}\nspec: { hooks: {} }`, [`error ${code}`]);
  });

  it('follows aliases and merged maps to where a field is written', () => {
    const hooks = `resources:
  - postHooks:
      - exec: &base { command: [/x], execTimeout: ‸‸‸ten }
      - exec: { <<: *base, container: db }
      - exec: { <<: [{ container: web }, *base] }`;
    const says = expectFindings(restoreWith(hooks), Array<string>(3).fill('error MalformedDuration'));
    expect(says.map((text) => /postHooks\[\d\]/.exec(text)?.[0])).toEqual([
      'postHooks[0]',
      'postHooks[1]',
      'postHooks[2]',
    ]);
  });
});

describe('lintFiles, rules and the pods of the files', () => {
  const container = exec('command: [/x], container: ‸db');
  const notFound = 'error ContainerNotFound';

  it('names each pod that has not the container of a hook, at the rule', () => {
    const says = expectFindings(`${restoreWith(exec('command: [/x], container: ‸‸db'))}${pod('one')}${pod('two')}`, [
      notFound,
      notFound,
    ]);
    expect(says.map((text) => text.replace(/^Restore r2 hooks\S+ /, ''))).toEqual([
      '"db" is no container of this pod: the hook will fail (Pod app/one)',
      '"db" is no container of this pod: the hook will fail (Pod app/two)',
    ]);
  });

  it.each([
    ['of its namespace', 'includedNamespaces: [shop]'],
    ['of its labels', 'labelSelector: { matchLabels: { app: other } }'],
    ['pods are excluded', 'excludedResources: [po]'],
  ])('says nothing of a pod that the rule does not match because %s', (_why, field) => {
    const hooks = `resources:\n  - ${field}\n    postHooks: [{ exec: { command: [/x], container: db } }]`;
    expectFindings(`${restoreWith(hooks)}${pod('one')}`, []);
  });

  it.each([
    ['another namespace', 'includedNamespaces: [shop]'],
    ['an excluded namespace', 'includedNamespaces: ["*"]\nexcludedNamespaces: [a*]'],
    ['other resources', 'includedResources: [configmaps]'],
    ['other labels', 'labelSelector: { matchLabels: { app: other } }'],
    ['other labels, each of several', 'orLabelSelectors: [{ matchLabels: { app: a } }, { matchLabels: { app: b } }]'],
  ])('says nothing of a pod that the Restore leaves in the backup: %s', (_why, selection) => {
    const hooks = 'resources: [{ postHooks: [{ exec: { command: [/x], container: db } }] }]';
    expectFindings(`${restoreWith(hooks, selection)}${pod('one')}`, []);
  });

  it.each([
    ['any of several selectors', 'orLabelSelectors: [{ matchLabels: { app: a } }, { matchLabels: { app: one } }]'],
    ['a namespace', 'includedNamespaces: [app]'],
  ])('asks of a pod what the Restore takes by %s', (_how, selection) => {
    expectFindings(`${restoreWith(container, selection)}${pod('one')}`, [notFound]);
  });

  it('matches rules with the namespace and the labels that the pod will have', () => {
    const rule = (name: string, field: string) =>
      `- name: ${name}\n  ${field}\n  postHooks: [{ exec: { command: [/x], container: MARKdb } }]`;
    const hooks = `resources:
${rule('before', 'includedNamespaces: [app]').replace('MARK', '')}
${rule('after', 'includedNamespaces: [test]').replace('MARK', '‸')}
${rule('label', 'labelSelector: { matchLabels: { velero.io/restore-name: r2 } }').replace('MARK', '‸')}`;
    expectFindings(`${restoreWith(hooks, 'namespaceMapping: { app: test }')}${pod('one')}`, [notFound, notFound]);
  });

  it('asks policies of the system’s namespace for every pod, and others for those of their own', () => {
    expectFindings(`${policyWith(container)}${pod('one')}`, [notFound]);
    expectFindings(`${policyWith(container, 'app')}${pod('one')}`, [notFound]);
    expectFindings(`${policyWith(container.replace('‸', ''), 'shop')}${pod('one')}`, []);
    expectFindings(
      `${restoreWith('{}', 'namespaceMapping: { app: shop }')}---\n${policyWith(container, 'shop')}${pod('one')}`,
      [notFound],
    );
  });

  it('tells what a policy has to say once, whatever the number of Restores', () => {
    const restores = `${restoreWith('{}')}---\n${restoreWith('{}').replace('r2', 'r3')}---\n`;
    expectFindings(`${restores}${policyWith(container)}${pod('one')}`, [notFound]);
  });

  const both = `resources:
  - postHooks:
      - exec: { command: [/x], container: ‸db }
      - init: { initContainers: [{ name: ‸main, image: a, command: [/x] }] }`;

  it.each([
    ['no hooks', '', both, [notFound, 'warning NameTaken']],
    ['exec hooks', 'post.hook.restore.velero.io/command: /y', both.replace('‸db', 'db'), ['warning NameTaken']],
    ['init hooks', 'init.hook.restore.velero.io/container-image: b', both.replace('‸main', 'main'), [notFound]],
  ])('passes over the kind of hook that the annotations of a pod hide: %s', (_what, annotation, hooks, verdicts) => {
    expectFindings(`${restoreWith(hooks)}${pod('one', `, annotations: { ${annotation} }`)}`, verdicts);
  });

  it('finds mounts of volumes that a pod has not, and names that rules take from each other', () => {
    const init = (name: string, volume: string) =>
      `- init: { initContainers: [{ name: ${name}, image: a, command: [/x], volumeMounts: ${volume} }] }`;
    const hooks = `resources:
  - postHooks:
      ${init('first', '[{ name: data, mountPath: /d }]')}
      ${init('second', '‸[{ name: logs, mountPath: /d }]')}
      ${init('‸first', '[]')}`;
    const says = expectFindings(`${restoreWith(hooks)}${pod('one')}`, ['error InvalidField', 'warning NameTaken']);
    expect(says[0]).toMatch(/"logs" is no volume of this pod: left out \(Pod app\/one\)$/);
    expect(says[1]).toMatch(/"first" is the name of another container: taken with -2 at its end \(Pod app\/one\)$/);
  });

  it('compares a waitTimeout with the startup probe of each pod', () => {
    const template = `---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: sql, namespace: app }
spec: { template: { spec: { containers: [{ name: db, startupProbe: { failureThreshold: 60 } }] } } }
`;
    const hooks = exec('command: [/x], container: db, waitTimeout: ‸5m');
    const [says] = expectFindings(`${restoreWith(hooks)}${template}`, ['warning WaitTimeoutShorterThanStartup']);
    expect(says).toMatch(/the 10m that the startup probe of db allows: .* \(StatefulSet app\/sql\)$/);
  });

  it('finds that a pod gets too many hooks', () => {
    const execs = Array.from({ length: 501 }, (_, index) => ({ exec: { command: [`/${index}`] } }));
    const says = expectFindings(
      `${restoreWith(`resources: ‸${JSON.stringify([{ postHooks: execs }])}`)}${pod('one')}`,
      ['error TooManyHooks'],
    );
    expect(says).toEqual([
      'Restore r2 hooks.resources has more than 500 hooks: those after them are left out (Pod app/one)',
    ]);
  });
});
