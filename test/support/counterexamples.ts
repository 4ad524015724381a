import type { Container, Pod } from '../../shared/pod.ts';

const alpine = { image: 'alpine' };
const wait = { name: 'restore-wait', image: 'velero/helper' };

/** Pods that once broke a property, or would if the code were simpler. Each run of the properties begins with them. */
export const counterexamples: readonly Pod[] = [
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

function pod(
  { init, annotations = {} }: { init: readonly unknown[]; annotations?: Record<string, string> },
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
