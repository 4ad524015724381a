import { describe, expect, it } from '@jest/globals';
import { lintFiles } from '../../../cli/lint/lint.ts';
import { expectFindings, indented, options, podWith } from './marked.ts';

const command = 'post.hook.restore.velero.io/command';
const metadata = (annotations: string) => `metadata: { annotations: { ${annotations} } }`;
const spec = 'spec: { containers: [{ name: main }] }';

describe('lintFiles, where hooks are found', () => {
  const template = `${metadata(`${command}: ‸psql -l`)}\n${spec}`;

  it.each([
    ['apps/v1', 'Deployment', `template:\n${indented(template, 2)}`],
    ['apps/v1', 'StatefulSet', `template:\n${indented(template, 2)}`],
    ['batch/v1', 'CronJob', `jobTemplate:\n  spec:\n    template:\n${indented(template, 6)}`],
  ])('reads %s %s', (apiVersion, kind, inside) => {
    const text = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: a }\nspec:\n${indented(inside, 2)}`;
    expectFindings(text, ['error ShellOneLiner']);
  });

  it('reads every item of a List, and Lists in it', () => {
    const item = `- apiVersion: v1\n  kind: Pod\n  metadata: { name: a, annotations: { ${command}: ‸psql -l } }\n  ${spec}`;
    const inner = `- apiVersion: v1\n  kind: List\n  items:\n${indented(item, 2)}`;
    const text = `apiVersion: v1\nkind: List\nitems:\n${item}\n- {apiVersion: v1, kind: Service}\n${inner}`;
    expectFindings(text, ['error ShellOneLiner', 'error ShellOneLiner']);
  });

  it('reads the items of a list of one kind, which need not name it', () => {
    const items = `items:\n- metadata: { name: a, annotations: { ${command}: ‸psql -l } }\n  ${spec}`;
    expectFindings(`apiVersion: v1\nkind: PodList\n${items}`, ['error ShellOneLiner']);
  });

  it('reads JSON, one document after the other', () => {
    const pod = (mark: string) =>
      `{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a",\n\t"annotations": {"${command}": ${mark}"psql \\u002dl"}},\n` +
      ' "spec": {"containers": [{"name": "main"}]}}\n';
    expectFindings(`${pod('‸')}${pod('‸')}`, ['error ShellOneLiner', 'error ShellOneLiner']);
  });

  it('says nothing of other kinds, and of nothing', () => {
    expectFindings('---\n# nothing\n---\napiVersion: v1\nkind: Service\nmetadata: { name: a }\n', []);
    expectFindings('apiVersion: other.io/v1\nkind: Restore\nmetadata: { name: a }\nspec: { hooks: [] }\n', []);
    expectFindings('', []);
  });

  it('tells of hooks on a workload itself, if its template has them not', () => {
    const workload = (own: string, inner: string) =>
      `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a, annotations: { team: x, ${own} } }\n` +
      `spec:\n  template:\n    metadata: { annotations: { ${inner} } }\n    ${spec}`;
    const says = expectFindings(workload(`‸${command}: /x`, ''), ['error MisplacedAnnotation']);
    expect(says).toEqual([
      `${command} on the Deployment itself is read by nobody: move it to spec.template.metadata.annotations`,
    ]);
    expectFindings(workload(`${command}: /x`, `${command}: /x`), []);
  });
});

describe('lintFiles, what cannot be read', () => {
  it('tells of broken YAML, and goes on with the other documents', () => {
    const other = podWith(`${command}: ‸psql -l`);
    expectFindings(`a: ‸]\n---\n${other}`, ['error InvalidYAML', 'error ShellOneLiner']);
    expectFindings(`${other}---\na: &a 1\nb: ‸*c\n`, ['error ShellOneLiner', 'error InvalidYAML']);
    expectFindings(`a: 1\n‸a: 2\n`, ['error InvalidYAML']);
  });

  it('warns of what is no object', () => {
    expectFindings('‸replicas: 1\nimage: a', ['warning NotAnObject']);
    expectFindings('apiVersion: v1\nkind: List\nitems: [‸text]', ['warning NotAnObject']);
  });

  it.each([
    ['no containers', 'kind: Pod\nmetadata: { name: a }\nspec: ‸{}', 'Pod a spec.containers is missing'],
    [
      'a container without a name',
      'kind: Pod\nmetadata: {name: a}\nspec: {containers: [‸{image: a}]}',
      'Pod a spec.containers[0].name is missing',
    ],
    [
      'labels that are no map',
      `kind: Pod\nmetadata: {name: a, labels: ‸[b]}\n${spec}`,
      'Pod a metadata.labels is a list, not a map',
    ],
    [
      'a number as a label',
      `kind: Pod\nmetadata: {name: a, labels: {b: ‸1}}\n${spec}`,
      'Pod a metadata.labels.b is a number, not text: put it in quotes',
    ],
  ])('tells what is malformed in a pod: %s', (_what, text, says) => {
    expect(expectFindings(`apiVersion: v1\n${text}`, ['error InvalidPod'])).toEqual([says]);
  });

  it('takes an annotation that is no text as if it were quoted', () => {
    const wait = 'post.hook.restore.velero.io/wait-timeout';
    const says = expectFindings(
      podWith(`${command}: /x\n${wait}: ‸‸5\npost.hook.restore.velero.io/wait-for-ready: ‸true`),
      ['error InvalidPod', 'error MalformedDuration', 'error InvalidPod'],
    );
    expect(says[0]).toBe(`Pod app/db metadata.annotations["${wait}"] is a number, not text: put it in quotes`);
  });

  it('tells what to do with a list that is written as one', () => {
    const says = expectFindings(podWith(`restorehooks.io/exec:\n  ‸- command: [/x]`), ['error InvalidPod']);
    expect(says[0]).toMatch(/is a list, not text: make it a text, with a \| after the key$/);
  });

  it.each([
    ['a Restore', 'velero.io/v1', 'Restore'],
    ['a policy', 'restorehooks.io/v1alpha1', 'RestoreHookPolicy'],
  ])('tells what is malformed in %s', (_what, apiVersion, kind) => {
    expectFindings(`apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: a }\nspec: ‸[]`, [
      'error InvalidObject',
    ]);
    expectFindings(`‸kind: ${kind}\nmetadata: { name: a }`, ['error InvalidObject']);
  });
});

describe('lintFiles, several files', () => {
  const hook = (name: string) => podWith(`${command}: /x\npost.hook.restore.velero.io/container: ${name}`);

  it('keeps the order of the files, and then that of lines and columns', () => {
    const later = `${hook('web')}---\n${hook('web')}`;
    const findings = lintFiles(
      [
        { name: 'z.yaml', text: later },
        { name: 'a.yaml', text: hook('web') },
      ],
      options,
    );
    expect(findings.map(({ file, line }) => `${file}:${line}`)).toEqual(['z.yaml:8', 'z.yaml:23', 'a.yaml:8']);
  });

  it('tells everything once, also of a file that is named twice', () => {
    const file = { name: 'a.yaml', text: hook('web') };
    expect(lintFiles([file, file], options)).toHaveLength(1);
  });

  it('asks Restores of one file for the pods of another', () => {
    const rule = '{ postHooks: [{ exec: { command: [/x], container: web } }] }';
    const restore = `apiVersion: velero.io/v1\nkind: Restore\nmetadata: { name: r }\nspec: { hooks: { resources: [${rule}] } }`;
    const pod = { name: 'pod.yaml', text: podWith('team: storage') };
    const findings = lintFiles([pod, { name: 'restore.yaml', text: restore }], options);
    expect(findings.map(({ file, line, code }) => `${file}:${line} ${code}`)).toEqual([
      'restore.yaml:4 ContainerNotFound',
    ]);
  });

  it('lints a megabyte of a thousand pods in seconds', () => {
    const list = `restorehooks.io/exec: |\n  - command: psql -l\n    container: web\n  # ${'x'.repeat(600)}\n`;
    const text = Array.from({ length: 1000 }, () => podWith(list)).join('---\n');
    expect(text.length).toBeGreaterThan(900_000);
    const before = process.cpuUsage();
    expect(lintFiles([{ name: 'a.yaml', text }], options)).toHaveLength(2000);
    expect(process.cpuUsage(before).user).toBeLessThan(10_000_000);
  });
});
