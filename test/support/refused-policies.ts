import type { Json } from '../../shared/yaml-value.ts';
import { container, execHook, initHook, rule, specOf, times, withHooks } from './policy-parts.ts';
import type { JsonMap } from '../../shared/json-value.ts';

/** A policy that is refused: the field that is named, and part of what is said of it. */
export interface Refusal {
  readonly spec: Json;
  readonly field: string;
  readonly says: string;
}

const first = 'spec.resources[0]';
const hook = `${first}.postHooks[0]`;
const expression = 'labelSelector.matchExpressions[0]';
const selecting = (...matchExpressions: readonly Json[]): JsonMap => ({ labelSelector: { matchExpressions } });

/** Nonsense about the whole, by the path below spec. */
const specs: readonly (readonly [JsonMap, string, string])[] = [
  [{}, 'resources', 'Required value'],
  [specOf(), 'resources', 'at least 1'],
  [specOf(...times(51, rule())), 'resources', 'at most 50'],
  [{ ...specOf(rule()), inherit: ['env'] }, 'inherit[0]', '"securityContext"'],
  [{ ...specOf(rule()), inherit: ['resources', 'resources'] }, 'inherit[1]', 'Duplicate value'],
  [{ ...specOf(rule()), readinessGate: 'true' }, 'readinessGate', 'boolean'],
  [{ ...specOf(rule()), readiness: true }, 'readiness', 'unknown field'],
  [specOf({ postHooks: [execHook()] }), 'resources[0].name', 'Required value'],
  [specOf({ name: 'rule' }), 'resources[0].postHooks', 'Required value'],
];

/** Nonsense in a rule that is fine otherwise, by the path below it. */
const rules: readonly (readonly [JsonMap, string, string])[] = [
  [{ name: 'a/b' }, 'name', 'must be letters, digits'],
  [{ name: '' }, 'name', 'must be letters, digits'],
  [{ name: 'x'.repeat(64) }, 'name', '63'],
  [{ namespaces: ['a'] }, 'namespaces', 'unknown field'],
  [{ postHooks: [] }, 'postHooks', 'at least 1'],
  [{ postHooks: times(17, execHook()) }, 'postHooks', 'at most 16'],
  [{ postHooks: [{}] }, 'postHooks[0]', 'must have exec or init'],
  [
    { postHooks: [{ exec: { command: ['date'] }, init: { initContainers: [container()] } }] },
    'postHooks[0]',
    'two hooks',
  ],
  ...['[a', 'a]', '{a', 'a}', '[]', 'Shop', 'a b', 'a/b', 'a,b', '\\*', 'shop.*'].map(
    (glob) => [{ includedNamespaces: ['a', glob] }, 'includedNamespaces[1]', 'name of a namespace'] as const,
  ),
  [{ excludedNamespaces: [''] }, 'excludedNamespaces[0]', 'name of a namespace'],
  [{ includedNamespaces: ['{a,b}'.repeat(7)] }, 'includedNamespaces[0]', 'write several patterns'],
  [{ includedNamespaces: [`{${'a,'.repeat(63)}}`, `{${'a,'.repeat(64)}}`] }, 'includedNamespaces[1]', 'Too long'],
  [{ excludedNamespaces: ['a', '*'] }, 'excludedNamespaces[1]', 'can never match'],
  [{ excludedNamespaces: ['**'] }, 'excludedNamespaces[0]', 'can never match'],
  [{ includedNamespaces: ['a', 'b'], excludedNamespaces: ['b'] }, 'excludedNamespaces', 'remove it from one'],
  [{ includedResources: ['pods', 'deployments'] }, 'includedResources[1]', '"pods"'],
  [{ excludedResources: ['pods'] }, 'excludedResources', 'can never match'],
  [{ excludedResources: ['secrets'] }, 'excludedResources', 'must be left out'],
  [selecting({ key: 'a', operator: 'In' }), `${expression}.values`, 'at least one value'],
  [selecting({ key: 'a', operator: 'NotIn', values: [] }), `${expression}.values`, 'at least one value'],
  [selecting({ key: 'a', operator: 'Exists', values: ['x'] }), `${expression}.values`, 'must be left out'],
  [selecting({ key: 'a', operator: 'DoesNotExist', values: ['x'] }), `${expression}.values`, 'must be left out'],
  [selecting({ key: 'a', operator: 'Is' }), `${expression}.operator`, '"DoesNotExist"'],
  [selecting({ operator: 'Exists' }), `${expression}.key`, 'Required value'],
  [selecting({ key: 'a b', operator: 'Exists' }), `${expression}.key`, "a label's key"],
  [selecting({ key: 'a', operator: 'In', values: ['x y'] }), `${expression}.values[0]`, 'should match'],
  [{ labelSelector: { matchLabels: { 'a b': 'x' } } }, 'labelSelector.matchLabels', 'no label can have'],
  [{ labelSelector: { matchLabels: { a: 'x y' } } }, 'labelSelector.matchLabels.a', 'should match'],
  [{ postHooks: [initHook(container()), initHook(container({ image: 'b' }))] }, 'postHooks', 'rename one of them'],
];

/** Nonsense in an exec hook that is fine otherwise, by the path below it. */
const execs: readonly (readonly [JsonMap, string, string])[] = [
  ...['5', '1d', '', 'soon', '-5s', '1 h', '+1s', '1000000h', '9999999999s', '.s'].map(
    (execTimeout) => [{ execTimeout }, 'execTimeout', 'must be a duration such as 30s'] as const,
  ),
  [{ execTimeout: 5 }, 'execTimeout', 'string'],
  [{ waitTimeout: '0' }, 'waitTimeout', 'above zero; leave it out'],
  [{ waitTimeout: '0h0.0s' }, 'waitTimeout', 'above zero; leave it out'],
  [{ waitTimeout: '0s' }, 'waitTimeout', 'above zero; leave it out'],
  [{ waitTimeout: '1h'.repeat(11) }, 'waitTimeout', '20'],
  [{ retries: 1, retryDelay: '0' }, 'retryDelay', 'above zero'],
  [{ retryDelay: '5s' }, 'retryDelay', 'set retries'],
  [{ retries: 0, retryDelay: '5s' }, 'retryDelay', 'set retries'],
  [{ retries: 101 }, 'retries', 'less than or equal to 100'],
  [{ retries: 1.5 }, 'retries', 'int64'],
  [{ retries: '1' }, 'retries', 'integer'],
  [{ retries: -1 }, 'retries', 'greater than or equal to 0'],
  [{ onError: 'fail' }, 'onError', '"Continue", "Fail"'],
  [{ onInterrupt: 'Always' }, 'onInterrupt', '"Fail", "Retry"'],
  [{ waitForReady: 'true' }, 'waitForReady', 'boolean'],
  [{ command: [] }, 'command', 'at least 1'],
  [{ command: 'date' }, 'command', 'array'],
  [{ command: [1] }, 'command[0]', 'string'],
  [{ command: ['', 'x'] }, 'command', 'begin with the program'],
  [{ container: '' }, 'container', 'name of a container'],
  [{ container: 'Main' }, 'container', 'name of a container'],
  [{ name: 'a b' }, 'name', 'must be letters, digits'],
  [{ timeout: '5m' }, 'timeout', 'unknown field'],
];

/** Hooks that are none, by the path below them. */
const hooks: readonly (readonly [Json, string, string])[] = [
  [{ exec: { container: 'main' } }, 'exec.command', 'Required value'],
  [{ init: {} }, 'init.initContainers', 'Required value'],
  [initHook(), 'init.initContainers', 'at least 1'],
  [initHook(container(), container()), 'init.initContainers[1]', 'Duplicate value'],
  [{ init: { initContainers: [container()], timeout: '10' } }, 'init.timeout', 'must be a duration'],
  [initHook({ image: 'a', command: ['b'] }), 'init.initContainers[0].name', 'Required value'],
  [initHook({ name: 'a', command: ['b'] }), 'init.initContainers[0].image', 'Required value'],
  [initHook({ name: 'a', image: 'b' }), 'init.initContainers[0].command', 'Required value'],
];

export const refusedPolicies: readonly Refusal[] = [
  ...specs.map(([spec, path, says]) => ({ spec, field: `spec.${path}`, says })),
  ...rules.map(([more, path, says]) => ({ spec: specOf(rule(more)), field: `${first}.${path}`, says })),
  ...execs.map(([more, path, says]) => ({ spec: withHooks(execHook(more)), field: `${hook}.exec.${path}`, says })),
  ...hooks.map(([given, path, says]) => ({ spec: withHooks(given), field: `${hook}.${path}`, says })),
];
