import fc from 'fast-check';
import { movedHooksKey } from '../../shared/annotations.ts';
import { inheritable } from '../../shared/inherit.ts';
import type { PlanContext } from '../../shared/plan-context.ts';
import { policiesFor, readPolicy } from '../../shared/policy.ts';
import { findingOf, readRestore, type RestoreFinding, type RestoreObject } from '../../shared/restore.ts';
import type { Json } from '../../shared/yaml-value.ts';
import { entries } from './hostile-pods.ts';

const anything = fc.jsonValue() as fc.Arbitrary<Json>;
const often = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 12, arbitrary }, { weight: 1, arbitrary: anything });

const globs = fc.constantFrom('shop', 's*', '*', 'web', '[a-s]hop', '{shop,web}', '[shop', '', 'x'.repeat(2_000));
const keys = fc.constantFrom('app', 'tier', '__proto__', 'constructor', '', 'a b', 'x'.repeat(300));

const selectors = fc.record(
  {
    matchLabels: often(fc.dictionary(keys, often(fc.constantFrom('db', '')))),
    matchExpressions: often(
      fc.array(
        often(
          fc.record(
            {
              key: often(keys),
              operator: often(fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist', 'Is')),
              values: often(fc.array(fc.constantFrom('db', '', 'd b'), { maxLength: 2 })),
            },
            { requiredKeys: [] },
          ),
        ),
        { maxLength: 2 },
      ),
    ),
  },
  { requiredKeys: [] },
);

/** One container that many rules ask for, and others. */
const containers = fc.oneof(
  fc.constantFrom(
    { name: 'hook', image: 'alpine', command: ['date'] },
    { name: 'hook', image: 'alpine', command: ['\ud800'] },
    { name: 'a', image: 'busybox', command: ['date'], tty: true },
  ),
  entries,
);

const commands = fc.oneof(
  fc.constantFrom(
    { command: ['date'] },
    { command: ['sh', '-c', 'x'], container: 'a', onError: 'Fail', waitTimeout: '5m' },
    { command: '["\\ud800"]', container: 'none', execTimeout: 5 },
  ),
  entries,
);

const postHooks = fc.record(
  {
    exec: often(commands),
    init: often(
      fc.record(
        {
          initContainers: often(fc.array(containers, { maxLength: 3 })),
          timeout: often(fc.constantFrom('1m', '-1s', '0s', 'soon')),
        },
        { requiredKeys: [] },
      ),
    ),
    http: anything,
  },
  { requiredKeys: [] },
);

/** A list of resource rules: often nearly right, sometimes anything. */
const resources = often(
  fc.array(
    often(
      fc.record(
        {
          name: often(fc.constantFrom('rule', 'rule\n\u202e', 'x'.repeat(300), '\ud800')),
          includedNamespaces: fc.oneof(
            fc.constantFrom(undefined, [], ['s*']),
            often(fc.array(globs, { maxLength: 2 })),
          ),
          excludedNamespaces: fc.constantFrom(undefined, [], ['web'], ['[shop'], ['shop']),
          includedResources: fc.constantFrom(undefined, null, ['Pods'], ['po', 'secrets'], ['secrets']),
          labelSelector: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(undefined, null, {}) }, often(selectors)),
          postHooks: often(fc.array(often(postHooks), { minLength: 1, maxLength: 3 })),
          bad: anything,
        },
        { requiredKeys: ['postHooks'] },
      ),
    ),
    { minLength: 1, maxLength: 3 },
  ),
) as fc.Arbitrary<Json>;

const hooks = often(fc.record({ resources })) as fc.Arbitrary<Json>;
const texts = fc.oneof(
  hooks.map((value) => JSON.stringify(value)),
  fc.string({ unit: 'binary' }),
);
const names = fc.constantFrom('r1', 'r\n1', 'r'.repeat(253), '\u202e', ']');

const restores: fc.Arbitrary<RestoreObject> = fc.record({
  metadata: fc.record({
    name: names,
    namespace: fc.constantFrom('velero', 'n'.repeat(63), 'a\nb'),
    creationTimestamp: fc.constantFrom('2026-03-01T10:00:00Z', '2026-03-01T11:00:00Z', 'soon', null),
    annotations: fc.option(
      texts.map((text): Record<string, string> => ({ [movedHooksKey]: text })),
      { nil: null },
    ),
  }),
  spec: fc.option(fc.record({ hooks: fc.oneof(fc.constantFrom<Json[]>({}, null), hooks) }), { nil: null }),
  status: fc.option(fc.record({ startTimestamp: fc.constantFrom(null, null, null, '2026-03-01T10:00:01Z') }), {
    nil: null,
  }),
});

const findings: fc.Arbitrary<RestoreFinding> = fc.oneof(
  { weight: 1, arbitrary: fc.constant<RestoreFinding>({ is: 'none' }) },
  { weight: 1, arbitrary: fc.constant<RestoreFinding>({ is: 'unreadable' }) },
  {
    weight: 4,
    arbitrary: fc
      .array(restores, { minLength: 1, maxLength: 2 })
      .map((objects) => findingOf(objects.map((object) => readRestore(object)))),
  },
);

const policies = fc
  .array(
    fc.record({
      metadata: fc.record({
        name: fc.constantFrom('p', 'q', 'p'.repeat(253), 'p\n'),
        namespace: fc.constantFrom('restore-hooks', 'shop', 'web'),
      }),
      spec: often(
        fc.record(
          {
            resources,
            inherit: often(fc.array(fc.constantFrom(...inheritable, 'env'))),
            readinessGate: often(fc.boolean()),
            bad: anything,
          },
          { requiredKeys: ['resources'] },
        ),
      ),
    }),
    { maxLength: 2 },
  )
  .map((objects) => policiesFor('shop', 'restore-hooks', objects.map(readPolicy)));

const modes = ['standalone', 'standalone', 'standalone', 'takeover', 'takeover', 'takeover', 'observe'] as const;

/** What can be known besides a pod, of Restores and policies that anybody may have written, in every mode and stage. */
export const hostileContexts: fc.Arbitrary<PlanContext> = fc.record({
  mode: fc.constantFrom(...modes),
  stage: fc.constantFrom('admission', 'run'),
  restore: findings,
  policies,
  inherit: fc.subarray([...inheritable]),
  takeoverNamespaces: fc.constantFrom(null, null, null, [], ['shop']),
});
