import { ownKeys } from '../../../shared/annotations.ts';
import type { Container, Pod } from '../../../shared/pod.ts';
import type { Json } from '../../../shared/yaml-value.ts';

/** A pod, and the Restore and policies that it meets, as somebody may write them who means no good. */
export interface Hostile {
  readonly what: string;
  readonly pod: Pod;
  /** Of its Restore; absent: there is none. */
  readonly hooks?: Json;
  /** Specs of policies. */
  readonly policies?: readonly Json[];
}

export const scope = { labelKey: 'velero.io/restore-name', excludedNamespaces: [] };

/** All annotations of an object together may have so many bytes. */
const annotationsBytes = 262_144;
/** An own list of more characters is refused unread. */
const listCharacters = 65_536;

export function podOf({
  annotations = {},
  containers = [{ name: 'a', image: 'i' }],
  initContainers = [],
  more = {},
}: {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly more?: object;
}): Pod {
  return {
    metadata: { name: 'db', namespace: 'shop', uid: 'u', labels: { [scope.labelKey]: 'r1', app: 'db' }, annotations },
    spec: { containers, initContainers, ...more },
  };
}

export function hooksOf(resources: readonly Json[]): Json {
  return { resources };
}

/** Post hooks with a command and an init container each, of about 230 bytes. */
export function manyHooks(count: number): Json[] {
  return Array.from({ length: count }, (_, index) => ({
    exec: { container: 'a', command: ['sh', '-c', `echo ${index}`], waitTimeout: '5m' },
    init: { initContainers: [{ name: 'same', image: 'i', command: ['sh', '-c', `echo ${index}`] }] },
  }));
}

/** Patterns that a matcher which goes back would take years for. */
export function globsOf(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${'*a'.repeat(20)}${index}*b`);
}

const filled = (unit: string, characters: number) => unit.repeat(Math.floor(characters / unit.length));
const named = (count: number, name: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => ({ name: name(index), image: 'i' }));
const own = (exec: string): Pod => podOf({ annotations: { [ownKeys.exec]: exec } });
const mounts = (count: number, volume: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => ({ name: volume(index), mountPath: `/m${index}` }));
const every: Json = { postHooks: manyHooks(600) };

/** The list. Each is as large as the API server lets it be, or as it is read here. */
export function hostileInputs(): Hostile[] {
  const lists: [string, string][] = [
    ['an own list of 64 KiB of hooks in JSON', JSON.stringify(Array(900).fill({ command: ['sh', '-c', 'true'] }))],
    ['an own list of 64 KiB of hooks in YAML', filled('- command: [sh, -c, "true"]\n  retries: 1\n', listCharacters)],
    ['64 KiB of lists in lists', `${'['.repeat(listCharacters / 2)}${']'.repeat(listCharacters / 2)}`],
    ['64 KiB of maps in maps', filled('{a: ', listCharacters)],
    ['64 KiB of YAML that nests line by line', deep(361)],
    ['64 KiB of anchors and aliases', `a: &a [x,x]\n${filled('- *a\n', listCharacters - 20)}`],
    ['a bomb of aliases', bomb()],
    ['64 KiB of keys', filledKeys(listCharacters)],
    ['64 KiB of quotes', filled('"', listCharacters)],
    ['64 KiB of colons', filled(': ', listCharacters)],
    ['64 KiB of dashes', filled('- ', listCharacters)],
    ['64 KiB of comments', filled('#\n', listCharacters)],
    ['64 KiB of tags', filled('!!a ', listCharacters)],
    ['64 KiB of flow entries', `[${filled('{a: b},', listCharacters - 2)}]`],
    ['256 KiB of an own list, which is not read', filled('- x\n', annotationsBytes - 100)],
  ];
  const command = 'post.hook.restore.velero.io/command';
  const first = { name: 'a', image: 'i', volumeMounts: mounts(10_000, (index) => `v${index}`) } as Container;
  const volumes = Array.from({ length: 10_000 }, (_, index) => ({ name: `v${index}`, emptyDir: {} }));
  return [
    ...lists.map(([what, text]) => ({ what, pod: own(text) })),
    { what: '256 KiB of misspelt keys', pod: podOf({ annotations: misspelt(annotationsBytes) }) },
    {
      what: '256 KiB of one command, an array',
      pod: podOf({ annotations: { [command]: JSON.stringify(Array(60_000).fill('x')) } }),
    },
    {
      what: '256 KiB of brackets for a command',
      pod: podOf({ annotations: { [command]: filled('[', annotationsBytes - 100) } }),
    },
    {
      what: '256 KiB of blanks for a command',
      pod: podOf({ annotations: { [command]: filled(' ', annotationsBytes - 100) } }),
    },
    {
      what: '256 KiB of digits for a timeout',
      pod: podOf({
        annotations: {
          [command]: 'x',
          'post.hook.restore.velero.io/exec-timeout': `1.${filled('9', annotationsBytes - 200)}s`,
        },
      }),
    },
    {
      what: '256 KiB of units for a timeout',
      pod: podOf({
        annotations: {
          [command]: 'x',
          'post.hook.restore.velero.io/exec-timeout': filled('1ns', annotationsBytes - 200),
        },
      }),
    },
    {
      what: '256 KiB of words to inherit',
      pod: podOf({ annotations: { [ownKeys.inherit]: filled('a,', annotationsBytes - 100) } }),
    },
    {
      what: '10,000 containers, 600 hooks of a Restore',
      pod: podOf({ containers: named(10_000, (index) => `c${index}`) }),
      hooks: hooksOf([every]),
    },
    {
      what: '10,000 init containers that take the names of 600 hooks',
      pod: podOf({ initContainers: named(10_000, (index) => (index === 0 ? 'same' : `same-${index + 1}`)) }),
      hooks: hooksOf([every]),
    },
    {
      what: '100 own init hooks that inherit 10,000 mounts',
      pod: podOf({
        annotations: {
          [ownKeys.init]: JSON.stringify(Array.from({ length: 100 }, (_, index) => ({ image: `i${index}` }))),
          [ownKeys.inherit]: 'volumeMounts',
        },
        containers: [first],
        more: { volumes },
      }),
    },
    {
      what: '600 hooks of a Restore that inherit 10,000 mounts',
      pod: podOf({ annotations: { [ownKeys.inherit]: 'volumeMounts' }, containers: [first], more: { volumes } }),
      hooks: hooksOf([every]),
    },
    {
      what: '500 hooks, each with mounts, and 10,000 volumes',
      pod: podOf({ more: { volumes } }),
      hooks: hooksOf([
        {
          postHooks: Array.from({ length: 500 }, (_, index) => ({
            init: {
              initContainers: [
                { name: `n${index}`, image: 'i', command: ['x'], volumeMounts: mounts(40, (at) => `v${at}`) },
              ],
            },
          })),
        },
      ]),
    },
    { what: 'a Restore of 1.4 MB: 6,000 hooks', pod: podOf({}), hooks: hooksOf([{ postHooks: manyHooks(6_000) }]) },
    {
      what: 'a Restore of 1.4 MB: 40,000 rules of nothing',
      pod: podOf({}),
      hooks: hooksOf(Array(40_000).fill({ name: 'x', postHooks: [{}] }) as Json[]),
    },
    {
      what: 'a Restore of 20,000 globs',
      pod: podOf({}),
      hooks: hooksOf([{ includedNamespaces: globsOf(20_000), postHooks: manyHooks(1) }]),
    },
    {
      what: 'a Restore of 20,000 globs of braces',
      pod: podOf({}),
      hooks: hooksOf([
        { includedNamespaces: Array(20_000).fill(`${'{a,b}'.repeat(6)}[a-z]*x`) as Json[], postHooks: manyHooks(1) },
      ]),
    },
    {
      what: 'a Restore of 1,300 globs of 1,024 characters',
      pod: podOf({}),
      hooks: hooksOf([
        {
          includedNamespaces: Array(1_300).fill(`s${'*'.repeat(10)}${'[a-z]'.repeat(200)}`) as Json[],
          postHooks: manyHooks(1),
        },
      ]),
    },
    {
      what: 'a Restore of 20,000 requirements of labels',
      pod: podOf({}),
      hooks: hooksOf([
        {
          labelSelector: {
            matchExpressions: Array(20_000).fill({
              key: `${'a'.repeat(20)}!`,
              operator: 'In',
              values: ['x'],
            }) as Json[],
          },
          postHooks: manyHooks(1),
        },
      ]),
    },
    {
      what: 'a Restore of 50,000 unknown fields',
      pod: podOf({}),
      hooks: hooksOf([
        {
          ...Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`f${index}`, 1])),
          postHooks: manyHooks(1),
        },
      ]),
    },
    {
      what: 'a container with 20,000 unknown fields',
      pod: podOf({}),
      hooks: hooksOf([
        {
          postHooks: [
            {
              init: {
                initContainers: [
                  {
                    name: 'n',
                    image: 'i',
                    command: ['x'],
                    ...Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`f${index}`, 1])),
                  },
                ],
              },
            },
          ],
        },
      ]),
    },
    {
      what: 'a container with 50,000 variables, many of one name',
      pod: podOf({}),
      hooks: hooksOf([
        {
          postHooks: [
            {
              init: {
                initContainers: [
                  {
                    name: 'n',
                    image: 'i',
                    command: ['x'],
                    env: Array.from({ length: 50_000 }, (_, index) => ({ name: `v${index % 100}`, value: 'x' })),
                  },
                ],
              },
            },
          ],
        },
      ]),
    },
    { what: '20 policies of 600 hooks', pod: podOf({}), policies: Array(20).fill({ resources: [every] }) as Json[] },
  ];
}

function deep(levels: number): string {
  return Array.from({ length: levels }, (_, level) => `${' '.repeat(level)}a:`).join('\n');
}

function bomb(): string {
  const lines = ['a0: &a0 [x,x,x,x,x,x,x,x,x,x]'];
  for (let level = 1; level < 20; level += 1) {
    lines.push(
      `a${level}: &a${level} [${Array(10)
        .fill(`*a${level - 1}`)
        .join(',')}]`,
    );
  }
  return lines.join('\n');
}

function filledKeys(characters: number): string {
  return Array.from({ length: characters / 10 }, (_, index) => `k${index}: 1`)
    .join('\n')
    .slice(0, characters);
}

function misspelt(bytes: number): Record<string, string> {
  const prefix = 'post.hook.restore.velero.io/';
  const count = Math.floor(bytes / (prefix.length + 8));
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}comand${index}`, '']));
}
