import fc from 'fast-check';
import { containerShape } from '../../shared/container-shape.ts';
import { isJsonMap } from '../../shared/json-value.ts';
import type { Shape, TextRule } from '../../shared/shape.ts';
import type { Json } from '../../shared/yaml-value.ts';

/** What some text of a container may be, and what it may not: each rule takes some of them. */
export const texts: readonly string[] = [
  ['junk', 'data', 'work', 'block', 'gpu', 'main', 'web', 'ca', 'Not_A_Name', 'x'.repeat(64), 'a--b', '80'],
  ['/mnt', '/data', 'below', 'below/it', '../x', 'a/../b', '/', '..', ''],
  ['limits.cpu', 'requests.memory', 'limits.gpu', 'metadata.name', "metadata.labels['app']", 'spec.nodeSelector'],
  ['0', '1', '1m', '1Mi', '2Mi', 'CHOWN', 'ALL', 'CAP_SYS_ADMIN', ' padded', 'né', 'A=B', 'two\nlines', '.', '..key'],
].flat();
const resources = ['cpu', 'memory', 'ephemeral-storage', 'hugepages-2Mi', 'example.com/gpu', 'cup', 'requests.a/b'];
const quantities: readonly Json[] = ['500m', '1', 1, 2, '2Mi', '4Mi', '3Mi', '1Gi', '0.5', '1e3', 0];
const noQuantities: readonly Json[] = ['much', '-1', -1, '', '1 Gi'];
const junk = fc.constantFrom<Json>('', 'junk', 7, -1, true, [], {}, ['a'], { a: 1 });

/** So many times of a hundred, something is not as it must be. */
const spoilt = 2;

/** A value that often has the shape: what must agree in it is left to chance. */
export function ofShape(shape: Shape): fc.Arbitrary<Json> {
  return fc.oneof({ weight: 100 - spoilt, arbitrary: good(shape) }, { weight: spoilt, arbitrary: junk });
}

function good(shape: Shape): fc.Arbitrary<Json> {
  switch (shape.is) {
    case 'text':
      return textOf(shape.rule);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.constantFrom(shape.from, Math.min(shape.to, shape.from + 1), shape.to);
    case 'quantity':
      return mostly(quantities, noQuantities);
    case 'list':
      return fc.array(ofShape(shape.of), { maxLength: 3 });
    case 'map':
      return fc.dictionary(fc.constantFrom(...resources), ofShape(shape.of), { maxKeys: 2 });
    case 'record':
      return recordOf(shape);
    case 'raw':
    case 'refused':
      return junk;
  }
}

function recordOf({ fields }: Extract<Shape, { is: 'record' }>): fc.Arbitrary<Json> {
  const entries = [...fields].map(([name, { shape, need }]) => {
    const value = shape.is === 'refused' ? fc.constant(undefined) : ofShape(shape);
    // Few optional ones at once, or none would ever be right as a whole.
    const isGiven = need === 'required' ? 99 : Math.max(4, Math.round(60 / fields.size));
    return fc
      .oneof(
        { weight: isGiven, arbitrary: value },
        { weight: 100 - isGiven, arbitrary: fc.constant<Json | undefined>(undefined) },
      )
      .map((given) => [name, given] as const);
  });
  return fc
    .tuple(...entries)
    .map((given) =>
      Object.fromEntries(given.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))),
    );
}

function textOf(rule: TextRule): fc.Arbitrary<Json> {
  // An unmasked /proc needs a pod that may have no block volumes.
  if (rule.terms?.is === 'words') return fc.constantFrom(...rule.terms.words.filter((word) => word !== 'Unmasked'));
  return mostly(
    texts.filter((text) => rule(text) === null),
    texts.filter((text) => rule(text) !== null),
  );
}

/** Few that are wrong, and none where none is. */
function mostly(right: readonly Json[], wrong: readonly Json[]): fc.Arbitrary<Json> {
  const arbitrary = fc.constantFrom(...right);
  if (wrong.length === 0) return arbitrary;
  return fc.oneof({ weight: 100 - spoilt, arbitrary }, { weight: spoilt, arbitrary: fc.constantFrom(...wrong) });
}

const durations = mostly(['30s', '1m30s', '1.5h', '.5s', '300ms', '1h1h'], ['0', '-5s', '5', '1d', '', '0.0s']);
const globs = mostly(
  ['*', 'shop', 'shop-*', 'sh?p', '[a-c]x', '[!a]*', '{a,b}-x', '{a,{b,c}}', 'a{b,}', '**'],
  ['', '[a', 'a]', '{a', 'a}', 'Shop', 'a b', '\\*', '{a,b}'.repeat(7), '{'.repeat(3), 'a,b', 'x/y'],
);
const names = mostly(['rule', 'Rule_1.a', 'a'], ['', '-a', 'a/b', 'a b', 'x'.repeat(64)]);
const containerNames = mostly(['main', 'db'], ['Main', '', '-']);
const commands = mostly([['date'], ['sh', '-c', 'x'], ['[']], [[], [''], 'date', [1], ['', 'x']]);
const maybe = (value: fc.Arbitrary<Json>, odds = 25) =>
  fc.oneof({ weight: odds, arbitrary: value }, { weight: 100 - odds, arbitrary: fc.constant(undefined) });

function fieldsOf(fields: Readonly<Record<string, fc.Arbitrary<Json | undefined>>>): fc.Arbitrary<Json> {
  return fc
    .record(fields)
    .map((given) =>
      Object.fromEntries(Object.entries(given).filter((entry): entry is [string, Json] => entry[1] !== undefined)),
    );
}

const execs = fieldsOf({
  command: maybe(commands, 99),
  name: maybe(names),
  container: maybe(containerNames),
  onError: maybe(mostly(['Fail', 'Continue'], ['fail'])),
  execTimeout: maybe(durations),
  waitTimeout: maybe(durations),
  waitForReady: maybe(mostly([true, false], ['true'])),
  retries: maybe(mostly([0, 1, 100], [-1, 101, 1.5, '1'])),
  retryDelay: maybe(durations, 5),
  onInterrupt: maybe(mostly(['Fail', 'Retry'], ['Continue'])),
});

/** An init container: its name, image and command as they must be, and what else its shape knows. */
export const initContainers: fc.Arbitrary<Json> = ofShape(containerShape).map((fields) => {
  const needed = { name: 'hook', image: 'busybox:1.35', command: ['date'] };
  return isJsonMap(fields) ? { ...fields, ...needed } : needed;
});

const named = fieldsOf({
  name: maybe(mostly(['one', 'two', 'three'], ['restore-wait', 'restic-wait', 'One', '']), 99),
  image: maybe(mostly(['busybox:1.35'], ['', ' ', 'a b']), 99),
  command: maybe(commands, 99),
  args: maybe(mostly([['x'], []], ['x', [1]])),
});

const inits = fieldsOf({
  initContainers: maybe(fc.array(named, { minLength: 1, maxLength: 2 }), 99),
  timeout: maybe(durations),
});

const hooks = fc.oneof(
  { weight: 10, arbitrary: fieldsOf({ exec: execs }) },
  { weight: 10, arbitrary: fieldsOf({ init: inits }) },
  { weight: 1, arbitrary: fieldsOf({ exec: maybe(execs, 50), init: maybe(inits, 50) }) },
);

const selectors = fieldsOf({
  matchLabels: maybe(mostly([{ app: 'db' }, { 'a.b/c': '' }, {}], [{ '/x': 'a' }, { app: 'a b' }, { app: 1 }])),
  matchExpressions: maybe(
    fc.array(
      fieldsOf({
        key: maybe(mostly(['app', 'a.b/c'], ['', 'a b']), 99),
        operator: mostly(['In', 'NotIn', 'Exists', 'DoesNotExist'], ['Is', 'in']),
        values: maybe(mostly([['a'], ['a', 'b'], []], [['a b'], 'a']), 50),
      }),
      { maxLength: 2 },
    ),
  ),
});

const rules = fieldsOf({
  name: maybe(names, 99),
  includedNamespaces: maybe(fc.array(globs, { maxLength: 3 })),
  excludedNamespaces: maybe(fc.array(globs, { maxLength: 3 })),
  includedResources: maybe(mostly([['pods'], ['po', '*'], []], [['deployments'], ['Pods'], 'pods'])),
  excludedResources: maybe(mostly([[]], [['pods'], ['secrets']])),
  labelSelector: maybe(selectors),
  postHooks: maybe(fc.array(hooks, { minLength: 1, maxLength: 3 }), 99),
});

/** The spec of a policy: often right, often nearly. */
export const policySpecs: fc.Arbitrary<Json> = fieldsOf({
  resources: maybe(fc.array(rules, { minLength: 1, maxLength: 3 }), 99),
  inherit: maybe(mostly([['securityContext'], ['resources', 'volumeMounts'], []], [['env'], 'resources'])),
  readinessGate: maybe(mostly([true, false], ['true', 1])),
});
