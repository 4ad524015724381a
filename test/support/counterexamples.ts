import { movedCommandKey, movedHooksKey } from '../../shared/annotations.ts';
import { annotationsOnly, type PlanContext } from '../../shared/plan-context.ts';
import type { Container, Pod } from '../../shared/pod.ts';
import type { Json } from '../../shared/yaml-value.ts';
import { buildPolicy, found, restoreObject, withRules } from './rules.ts';

/** A pod, and what is known besides it. */
export interface RestoredCase {
  readonly pod: Pod;
  readonly context: PlanContext;
}

const alpine = { image: 'alpine' };
const wait = { name: 'restore-wait', image: 'velero/helper' };

/** Pods that once broke a property, or would if the code were simpler. */
const pods: readonly Pod[] = [
  // Of two containers that may be the hook, the one that was moved behind the wait was not the first any more.
  pod({ init: [alpine] }, [{ name: 'a', ...alpine }, { name: 'b', ...alpine }, wait]),
  // Two hooks, of which the first was found after the wait and the second before it.
  pod({ init: [{ ...alpine, args: ['date'] }, alpine] }, [{ name: 'a', ...alpine }, wait, { name: 'b', ...alpine }]),
  // A container that waits was taken for a hook, because it is like one.
  pod({ init: [{ image: 'velero/helper' }, alpine] }, [{ name: 'a', ...alpine }, wait]),
  // Containers that differ in nothing but what the API server may fill in.
  pod({ init: [{ ...alpine, env: [{ name: 'A' }] }, { ...alpine, env: [{ name: 'B' }] }, alpine] }),
  pod({
    init: [
      { ...alpine, name: 'hook', tty: true },
      { ...alpine, name: 'hook' },
      { ...alpine, name: 'hook-2' },
    ],
  }),
  // The same twice, and once more by Velero's annotations.
  pod({ init: [alpine, alpine], annotations: { 'init.hook.restore.velero.io/container-image': 'alpine' } }),
  pod({ init: [JSON.parse('{"image":"alpine","__proto__":{"name":"x"},"env":[{"__proto__":1}]}')] }),
  pod({ init: [{ ...alpine, env: [{ name: 'x'.repeat(300), value: 1 }], ['y'.repeat(300)]: 1, '\u202e\ud800': 1 }] }),
];

/** Restores and policies that did. */
const contexts: readonly Partial<PlanContext>[] = [
  // What nests too deep for JSON to be written again.
  { restore: withRules({ postHooks: [{ exec: { command: ['x'], onError: deep(6_000) } }] }) },
  { restore: moved(`{"resources":[{"postHooks":[{"init":{"timeout":${deepText(50_000)}}}]}]}`) },
  { policies: [buildPolicy('p', [{ postHooks: [{ exec: { command: ['x'], waitForReady: deep(6_000) } }] }])] },
  // Half a surrogate pair: the API server replaces it, and the container was not known again.
  { restore: moved(containers({ name: 'hook', image: 'alpine', command: ['\ud800'] })) },
  { restore: moved(containers({ name: 'hook', image: 'alpine', command: ['x'], args: ['\udc00'] })) },
  // Names that nobody has validated, in a warning.
  {
    restore: withRules({
      name: 'a\nb\u202e',
      postHooks: [{ init: { initContainers: [named('main'), named('main')] } }],
    }),
  },
  { policies: [buildPolicy('p\n', [{ postHooks: [{ exec: {} }], bad: 1 }])] },
  { restore: found(restoreObject({ metadata: { name: 'r\u0085' }, spec: { hooks: { resources: [{ bad: 1 }] } } })) },
  { restore: found(...['a', 'b\n'.repeat(60)].map((namespace) => restoreObject({ metadata: { namespace } }))) },
  // The same container of two rules, of which one inherits.
  {
    restore: withRules({ postHooks: [{ init: { initContainers: [named('hook')] } }] }),
    policies: [
      buildPolicy('p', [{ postHooks: [{ init: { initContainers: [named('hook')] } }] }], { inherit: ['resources'] }),
    ],
  },
  { policies: [buildPolicy('p', JSON.parse('[{"__proto__":{"name":"x"},"postHooks":[{"__proto__":1}]}]') as Json)] },
];

const moving: RestoredCase[] = (['standalone', 'takeover', 'observe'] as const).flatMap((mode) =>
  (['admission', 'run'] as const).map((stage) => ({
    pod: pod({ init: [], annotations: { 'post.hook.restore.velero.io/command': 'x', [movedCommandKey]: 'y' } }),
    context: { ...annotationsOnly, mode, stage, restore: withRules({ postHooks: [] }) },
  })),
);

/** Each run of the properties begins with them. */
export const counterexamples: readonly RestoredCase[] = [
  ...pods.map((each) => ({ pod: each, context: annotationsOnly })),
  ...contexts.map((context) => ({ pod: pod({}), context: { ...annotationsOnly, ...context } })),
  ...moving,
];

function named(name: string): Json {
  return { name, image: 'alpine', command: ['date'] };
}

function containers(...initContainers: readonly Json[]): string {
  return JSON.stringify({ resources: [{ postHooks: [{ init: { initContainers } }] }] });
}

function moved(text: string) {
  return found(restoreObject({ metadata: { annotations: { [movedHooksKey]: text } } }));
}

function deepText(levels: number): string {
  return `${'['.repeat(levels)}${']'.repeat(levels)}`;
}

function deep(levels: number): Json {
  return JSON.parse(deepText(levels)) as Json;
}

function pod(
  { init = [], annotations = {} }: { init?: readonly unknown[]; annotations?: Record<string, string> },
  initContainers: readonly Container[] = [],
): Pod {
  return {
    metadata: {
      name: 'db',
      namespace: 'shop',
      annotations: { ...annotations, 'restorehooks.io/init': JSON.stringify(init) },
    },
    spec: { containers: [{ name: 'main' }], initContainers },
  };
}
