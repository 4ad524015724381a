import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { JsonPatchOperation } from '../../../shared/json-patch.ts';
import { admissionPatch } from '../../../shared/patch.ts';
import { placeInit } from '../../../shared/place-init.ts';
import { planPod } from '../../../shared/plan.ts';
import type { Container, Pod } from '../../../shared/pod.ts';
import { applyPatch } from '../../support/apply-patch.ts';
import { buildPlan, buildPod } from '../../support/pods.ts';

const init = 'init.hook.restore.velero.io';
const stampPath = '/metadata/annotations/restorehooks.io~1admitted-for';
const stamp: JsonPatchOperation = { op: 'add', path: stampPath, value: 'r1' };

const hook = { name: 'hook', image: 'alpine', command: ['date'] };
const wait = { name: 'restore-wait', image: 'velero/helper' };
const own = { name: 'own', image: 'busybox' };

function podWith(initContainers: readonly Container[] | null | undefined, more: Partial<Pod['spec']> = {}): Pod {
  const annotations = {
    [`${init}/container-image`]: 'alpine',
    [`${init}/container-name`]: 'hook',
    [`${init}/command`]: '["date"]',
  };
  const pod = buildPod({ metadata: { annotations } });
  return { ...pod, spec: { ...pod.spec, ...(initContainers !== undefined && { initContainers }), ...more } };
}

function patchOf(pod: Pod, restore = 'r1') {
  return admissionPatch(pod, planPod(pod), restore);
}

/** The init containers after the patch, by name, once it is sure that a second admission changes nothing. */
function namesAfter(pod: Pod): string[] {
  const patched = applyPatch(pod, patchOf(pod));
  expect(patchOf(patched)).toEqual([]);
  return (patched.spec.initContainers ?? []).map(({ name }) => name);
}

describe('admissionPatch, order of the init containers', () => {
  it.each<[string, Container[] | null | undefined, string[]]>([
    ['alone, where there are none', undefined, ['hook']],
    ['alone, where they are null', null, ['hook']],
    ['alone, where they are an empty list', [], ['hook']],
    ["before the pod's own", [own, { ...own, name: 'own2' }], ['hook', 'own', 'own2']],
    ['after a wait container at the beginning', [wait, own], ['restore-wait', 'hook', 'own']],
    ['after a wait container at the end', [own, wait], ['own', 'restore-wait', 'hook']],
    [
      'after a wait container of Velero before 1.10',
      [{ ...wait, name: 'restic-wait' }, own],
      ['restic-wait', 'hook', 'own'],
    ],
    [
      'after the last of two wait containers',
      [wait, own, { ...wait, name: 'restic-wait' }, { ...own, name: 'own2' }],
      ['restore-wait', 'own', 'restic-wait', 'hook', 'own2'],
    ],
    ['where it is already, at the beginning', [hook, own], ['hook', 'own']],
    ["where it is already, after the pod's own", [own, hook], ['own', 'hook']],
    ['where it is already, after the wait container', [wait, hook, own], ['restore-wait', 'hook', 'own']],
    ['where it is already, well after the wait container', [wait, own, hook], ['restore-wait', 'own', 'hook']],
    ['after the wait container, moved from before it', [hook, wait, own], ['restore-wait', 'hook', 'own']],
    ['after the wait container, moved past others', [hook, own, wait], ['own', 'restore-wait', 'hook']],
    [
      'after the wait container, moved from between',
      [own, hook, { ...own, name: 'own2' }, wait],
      ['own', 'own2', 'restore-wait', 'hook'],
    ],
  ])('puts the hook %s', (_, initContainers, names) => {
    expect(namesAfter(podWith(initContainers))).toEqual(names);
  });

  it("leaves the pod's own init containers exactly as they are", () => {
    const owns = [wait, { ...own, env: [{ name: 'A', value: 'b' }], resources: {} }];
    const patched = applyPatch(podWith(owns), patchOf(podWith(owns)));
    expect(patched.spec.initContainers).toEqual([owns[0], hook, owns[1]]);
  });

  it('moves a container with all that the API server has filled in', () => {
    const filled = { ...hook, resources: {}, terminationMessagePath: '/dev/termination-log' };
    const pod = podWith([filled, wait]);
    expect(patchOf(pod)).toEqual([
      { op: 'move', from: '/spec/initContainers/0', path: '/spec/initContainers/1' },
      stamp,
    ]);
    expect(applyPatch(pod, patchOf(pod)).spec.initContainers).toEqual([wait, filled]);
  });

  it('waits for no hook that bears the name of a wait container', () => {
    const pod = podWith([own]);
    const renamed = {
      ...pod,
      metadata: {
        ...pod.metadata,
        annotations: { ...pod.metadata.annotations, [`${init}/container-name`]: 'restore-wait' },
      },
    };
    expect(namesAfter(renamed)).toEqual(['restore-wait', 'own']);
  });
});

describe('admissionPatch, names', () => {
  const other = { name: 'hook', image: 'alpine', command: ['other'] };

  it.each<[string, Pod, string[]]>([
    ['another image', podWith([{ ...hook, image: 'alpine:3' }]), ['hook-2', 'hook']],
    ['another command', podWith([other]), ['hook-2', 'hook']],
    ['no command', podWith([{ name: 'hook', image: 'alpine' }]), ['hook-2', 'hook']],
    ['more arguments', podWith([{ ...hook, command: ['date', '-u'] }]), ['hook-2', 'hook']],
    ['a container of the pod', podWith([], { containers: [{ name: 'hook' }] }), ['hook-2']],
    ['a container of the pod that is just like it', podWith([], { containers: [hook] }), ['hook-2']],
    ['an ephemeral container', podWith([], { ephemeralContainers: [hook] }), ['hook-2']],
    ['two, by it and its successor', podWith([other, { ...other, name: 'hook-2' }]), ['hook-3', 'hook', 'hook-2']],
    [
      'several, of several kinds',
      podWith([other], { containers: [{ name: 'hook-2' }, { name: 'hook-3' }] }),
      ['hook-4', 'hook'],
    ],
  ])('gives the hook the next free name where its own is taken by %s', (_, pod, names) => {
    expect(namesAfter(pod)).toEqual(names);
    expect(planPod(pod).warnings.map(({ code }) => code)).toEqual(['NameTaken']);
  });

  it('knows a hook again that got another name when it was injected', () => {
    const pod = podWith([{ ...hook, name: 'hook-2', resources: {} }, other]);
    expect(patchOf(pod)).toEqual([stamp]);
    expect(planPod(pod).warnings.map(({ code }) => code)).toEqual(['NameTaken']);
  });

  it('stays within 63 characters', () => {
    const name = 'x'.repeat(63);
    const pod = podWith([{ name, image: 'other' }]);
    const annotations = { ...pod.metadata.annotations, [`${init}/container-name`]: name };
    expect(namesAfter({ ...pod, metadata: { ...pod.metadata, annotations } })).toEqual([`${'x'.repeat(61)}-2`, name]);
  });

  it.each<[string, Container['command']]>([
    ['absent', undefined],
    ['null', null],
    ['an empty list', []],
  ])('takes a command that is %s for the same as none', (_, command) => {
    const pod = podWith([{ name: 'hook', image: 'alpine', ...(command !== undefined && { command }) }]);
    const annotations = { [`${init}/container-image`]: 'alpine', [`${init}/container-name`]: 'hook' };
    expect(patchOf({ ...pod, metadata: { ...pod.metadata, annotations } })).toEqual([stamp]);
  });

  it('knows a hook with a generated name by image and command alone', () => {
    const annotations = { [`${init}/container-image`]: 'alpine', [`${init}/command`]: '["date"]' };
    const bare = podWith([own]);
    const pod = { ...bare, metadata: { ...bare.metadata, annotations } };
    expect(namesAfter(pod)).toEqual([expect.stringMatching(/^velero-restore-init-[0-9a-f]{8}$/), 'own']);
    const injected = {
      ...pod,
      spec: { ...pod.spec, initContainers: [{ ...hook, name: 'velero-restore-init-zzzzz' }] },
    };
    expect(patchOf(injected)).toEqual([stamp]);
  });

  it('injects a container once that two hooks ask for', () => {
    const pod = podWith([own]);
    const [one] = planPod(pod).init;
    if (one === undefined) throw new Error('there is no hook');
    const second = { ...one, container: { ...one.container, name: 'second', image: 'other' } };
    expect(placeInit(pod, [one, second, one]).map(({ name }) => name)).toEqual(['hook', 'second']);
    const patched = applyPatch(pod, admissionPatch(pod, buildPlan({ init: [one, second, one] }), 'r1'));
    expect(patched.spec.initContainers?.map(({ name }) => name)).toEqual(['hook', 'second', 'own']);
  });

  it('finds a free name among ten thousand taken ones in no time', () => {
    const taken = Array.from({ length: 10_000 }, (_, index) => ({
      ...other,
      name: index === 0 ? 'hook' : `hook-${index + 1}`,
    }));
    const startedAtMs = performance.now();
    expect(patchOf(podWith(taken))).toMatchObject([{ value: { name: 'hook-10001' } }, stamp]);
    expect(performance.now() - startedAtMs).toBeLessThan(1_000);
  });
});

describe('admissionPatch, stamp', () => {
  const exec = { 'post.hook.restore.velero.io/command': '/bin/true' };
  const stamped = (value: string) => ({ 'restorehooks.io/admitted-for': value });

  it.each<[string, Record<string, string>, string, JsonPatchOperation[]]>([
    ['is set on a pod with a hook', exec, 'r1', [stamp]],
    ['is set for a restore without a name', exec, '', [{ op: 'add', path: stampPath, value: '' }]],
    ['replaces that of an earlier restore', { ...exec, ...stamped('r0') }, 'r1', [stamp]],
    ['stays where it is right', { ...exec, ...stamped('r1') }, 'r1', []],
    ['is taken off a pod without hooks', stamped('r1'), 'r1', [{ op: 'remove', path: stampPath }]],
    ['is taken off a pod without hooks, if empty', stamped(''), '', [{ op: 'remove', path: stampPath }]],
    ['is not set on a pod without hooks', { app: 'x' }, 'r1', []],
  ])('%s', (_, annotations, restore, expected) => {
    const pod = buildPod({ metadata: { annotations } });
    expect(patchOf(pod, restore)).toEqual(expected);
    expect(patchOf(applyPatch(pod, expected), restore)).toEqual([]);
  });
});

describe('admissionPatch, pods as Velero created them', () => {
  const read = (name: string) => {
    const url = new URL(`../../fixtures/admission/${name}.json`, import.meta.url);
    return (JSON.parse(readFileSync(url, 'utf8')) as { request: { object: Pod } }).request.object;
  };
  const stampOnly = [{ op: 'add', path: stampPath, value: 'r11-112035' }];

  it.each(['velero-pod-init-and-exec', 'velero-pod-of-deployment'])('only stamps %s', (name) => {
    const pod = read(name);
    const plan = planPod(pod);
    expect(plan.warnings).toEqual([]);
    expect(admissionPatch(pod, plan, 'r11-112035')).toEqual(stampOnly);
  });

  it("injects what Velero injected, where Velero's container is not there", () => {
    const pod = read('velero-pod-init-and-exec');
    const bare = { ...pod, spec: { ...pod.spec, initContainers: pod.spec.initContainers?.slice(1) ?? null } };
    expect(admissionPatch(bare, planPod(bare), 'r11-112035')).toEqual([
      {
        op: 'add',
        path: '/spec/initContainers/0',
        value: { name: 'restore-hook', image: 'busybox:1.35', command: ['/bin/sh', '-c', 'date'] },
      },
      ...stampOnly,
    ]);
  });
});
