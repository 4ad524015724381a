import fc from 'fast-check';
import { execKeys, initKeys, movedCommandKey, ownKeys } from '../../shared/annotations.ts';
import { readyCondition } from '../../shared/condition.ts';
import type { Container, Pod } from '../../shared/pod.ts';

/** Few names, so that they collide. */
const names = fc.constantFrom('a', 'b', 'hook', 'hook-2', 'restore-wait', 'restic-wait', 'Not_A_Name', 'x'.repeat(63));
const images = fc.constantFrom('alpine', 'busybox', ' alpine ', '');
const commands = fc.constantFrom(['date'], ['sh', '-c', 'x'], [], undefined);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

/** A container as the API server hands it on: typed, and named. */
const containers: fc.Arbitrary<Container> = fc.record(
  {
    name: names.filter((name) => name !== 'Not_A_Name'),
    image: images,
    command: commands,
    args: commands,
    restartPolicy: fc.constantFrom('Always', undefined),
    securityContext: fc.constantFrom(
      { privileged: true },
      { allowPrivilegeEscalation: false, runAsUser: 1 },
      undefined,
    ),
    volumeMounts: fc.constantFrom([{ name: 'data', mountPath: '/d', mountPropagation: 'Bidirectional' }], undefined),
    resources: fc.constantFrom({ limits: { cpu: '1' }, requests: { cpu: '1', memory: '1Gi' } }, {}, undefined),
  },
  { requiredKeys: ['name'] },
) as fc.Arbitrary<Container>;

/** An init container or exec hook as a map of fields: often nearly right, sometimes anything. */
export const entries = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ name: names, image: images, command: commands, args: commands }, { requiredKeys: [] }),
  },
  {
    weight: 4,
    arbitrary: fc.record(
      {
        image: fc.constant('alpine'),
        env: fc.jsonValue(),
        volumeMounts: fc.array(
          fc.record({
            name: fc.constantFrom('data', 'no'),
            mountPath: fc.constantFrom('/d', '/e', ''),
            readOnly: fc.jsonValue(),
          }),
        ),
        resources: fc.record({
          limits: fc.dictionary(fc.constantFrom('cpu', 'memory', 'x/y'), fc.constantFrom('1', '2', 1, '1e3', 'x')),
          requests: fc.dictionary(fc.constantFrom('cpu', 'memory', 'x/y'), fc.constantFrom('1', '2', 1, '1e3', 'x')),
        }),
        securityContext: fc.oneof(fc.constant({ privileged: true }), fc.jsonValue()),
        livenessProbe: fc.jsonValue(),
      },
      { requiredKeys: ['image'] },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.record(
      {
        name: fc.jsonValue(),
        container: fc.oneof(names, fc.jsonValue()),
        command: fc.oneof(commands, fc.string(), fc.jsonValue()),
        onError: fc.jsonValue(),
        execTimeout: fc.oneof(fc.constantFrom('5s', '-1s', 5), fc.jsonValue()),
        waitForReady: fc.jsonValue(),
        retries: fc.oneof(fc.constantFrom(0, 100, 101, '3'), fc.jsonValue()),
        retryDelay: fc.oneof(fc.constantFrom('5s', '-1s', '0', 5), fc.jsonValue()),
        onInterrupt: fc.oneof(fc.constantFrom('Fail', 'Retry', 'retry'), fc.jsonValue()),
      },
      { requiredKeys: [] },
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue() },
);
const lists = fc.oneof(
  { weight: 6, arbitrary: fc.array(entries, { maxLength: 4 }).map((list) => JSON.stringify(list)) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.constantFrom('- ', '[', '{', 'a: ', '\n', ' ', '&a ', '*a', '!!x ', '"', '\u0000'))
      .map((all) => all.join('')),
  },
);
const texts = fc.oneof(
  names,
  images,
  fc.constantFrom('["date"]', '5s', '-1s', 'true', 'Fail', '[]'),
  fc.string({ unit: 'binary' }),
);

const annotations: fc.Arbitrary<Record<string, string>> = fc
  .record(
    {
      ...Object.fromEntries([...Object.values(initKeys), ...Object.values(execKeys)].map((key) => [key, texts])),
      [movedCommandKey]: texts,
      [ownKeys.init]: lists,
      [ownKeys.exec]: lists,
      [ownKeys.readinessGate]: fc.oneof(fc.constantFrom('true', 'true', 'false'), texts),
      [ownKeys.inherit]: fc.oneof(fc.constant('securityContext,volumeMounts,resources'), texts),
      'restorehooks.io/admitted-for': fc.constantFrom('r1', 'r0'),
    },
    { requiredKeys: [] },
  )
  .chain((known) =>
    fc
      .dictionary(
        fc.string().map((end) => `restorehooks.io/${end}`),
        texts,
        { maxKeys: 2 },
      )
      .map((more): Record<string, string> => ({ ...more, ...(known as Record<string, string>) })),
  );

/** Pods that any restore may create, with annotations that anybody may have written. */
export const hostilePods: fc.Arbitrary<Pod> = fc
  .record({
    // Half of them without any, for what is hidden by them.
    annotations: fc.option(annotations, { nil: undefined, freq: 2 }),
    labels: maybe(fc.dictionary(fc.constantFrom('app', 'tier', '__proto__'), fc.constantFrom('db', ''))),
    containers: fc.uniqueArray(containers, { selector: ({ name }) => name, maxLength: 3 }),
    initContainers: maybe(fc.uniqueArray(containers, { selector: ({ name }) => name, maxLength: 4 })),
    readinessGates: fc.constantFrom(undefined, null, [], [{ conditionType: 'x' }], [{ conditionType: readyCondition }]),
  })
  .map(({ annotations: given, labels, containers: main, initContainers, readinessGates }) => ({
    metadata: { name: 'db', namespace: 'shop', ...(labels && { labels }), ...(given && { annotations: given }) },
    spec: {
      containers: main,
      ...(initContainers && {
        // Of one pod, no two containers bear one name: the API server refused it else, with or without hooks.
        initContainers: initContainers.filter(({ name }) => main.every((other) => other.name !== name)),
      }),
      ...(readinessGates !== undefined && { readinessGates }),
      volumes: [{ name: 'data' }],
    },
  }));
