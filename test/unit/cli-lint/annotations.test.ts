import { describe, expect, it } from '@jest/globals';
import { expectFindings, indented, podWith } from './marked.ts';

const post = 'post.hook.restore.velero.io';
const init = 'init.hook.restore.velero.io';
const exec = 'restorehooks.io/exec';
const ownInit = 'restorehooks.io/init';

describe('lintFiles, annotations of a pod', () => {
  it.each([
    ['none at all', 'team: storage'],
    ['a command as an array', `${post}/command: '["psql", "-l"]'\n${post}/container: db\n${post}/wait-timeout: 2m`],
    ['a program without arguments', `${post}/command: /usr/bin/true`],
    ['own lists', `${exec}: |\n  - command: [psql, "-l"]\n${ownInit}: '[{image: alpine, command: [date]}]'`],
    ['a variable that the kubelet fills in', `${init}/container-image: a\n${init}/command: $(PROGRAM)`],
  ])('has nothing to say of hooks that are right: %s', (_what, annotations) => {
    expectFindings(podWith(annotations), []);
  });

  it.each([
    ['a misspelt key, at the key', `${post}/command: /x\n‸${post}/timeout: 4s`, 'error UnknownKey'],
    ['a malformed gate', 'restorehooks.io/readiness-gate: ‸yes', 'error MalformedBoolean'],
    ['a malformed command', `${post}/command: ‸'["x", 1]'`, 'error MalformedCommand'],
    ['an empty command', `${post}/command: ‸"[]"`, 'error EmptyCommand'],
    ['a malformed duration', `${post}/command: /x\n${post}/exec-timeout:    ‸"45"`, 'error MalformedDuration'],
    ['a negative duration', `${post}/command: /x\n${post}/wait-timeout: ‸-5s`, 'error NegativeDuration'],
    ['a malformed on-error', `${post}/command: /x\n${post}/on-error: ‸fail`, 'error MalformedOnError'],
    ['a malformed boolean', `${post}/command: /x\n${post}/wait-for-ready: ‸yes`, 'error MalformedBoolean'],
    ['a hook without a command', `${post}/container: ‸db`, 'error IncompleteHook'],
    ['a container that is not there', `${post}/command: /x\n${post}/container: ‸web`, 'error ContainerNotFound'],
    ['a padded image', `${init}/container-image: ‸" alpine"`, 'warning PaddedImage'],
    ['a blank image', `${init}/container-image: ‸" "`, 'error MalformedImage'],
    ['an invalid name', `${init}/container-image: a\n${init}/container-name: ‸A_b`, 'error InvalidContainerName'],
    ['a name that is taken', `${init}/container-image: a\n${init}/container-name: ‸main`, 'warning NameTaken'],
    ['an unknown word', 'restorehooks.io/inherit: ‸resources,limits', 'error UnknownWord'],
    ['a list that is none', `${exec}: ‸|\n  command: /x`, 'error MalformedList'],
    ['what is no YAML, at its line', `${exec}: |\n  - command: /x\n  ‸- }`, 'error MalformedList'],
    ['what ends too early, at its end', `${exec}: |\n  - command: /x\n  - command: "‸y\n`, 'error MalformedList'],
    ['an alias, at its line', `${exec}: >\n  - &a\n    command: /x\n\n  ‸- *a`, 'error MalformedList'],
    [
      'too many hooks',
      `${exec}: ‸'${JSON.stringify(Array.from({ length: 101 }, (_, n) => ({ command: `/x${n}` })))}'`,
      'error TooManyHooks',
    ],
  ])('finds %s', (_what, annotations, verdict) => {
    expectFindings(podWith(annotations), [verdict]);
  });

  it.each([
    [
      'a block',
      `|\n\n  # first\n  - command: [/x]\n    ‸onErr: Fail\n    waitTimeout: ‸5\n  - {command: [/y], container: ‸web}`,
    ],
    [
      'a block with CRLF',
      `|\r\n  - command: [/x]\r\n    ‸onErr: Fail\r\n    waitTimeout: ‸5\r\n  - {command: [/y], container: ‸web}\r`,
    ],
    [
      'a block with its indentation told',
      `|2-\n  - command: [/x]\n    ‸onErr: Fail\n    waitTimeout: ‸5\n  - {command: [/y], container: ‸web}`,
    ],
    [
      'a folded block',
      `>-\n  [{"command": ["/x"],\n  ‸"onErr": "Fail", "waitTimeout":\n   ‸5},\n\n     {"command": ["/y"],\n   "container": ‸"web"}]`,
    ],
    [
      'single quotes',
      `'[{command: ["/x"], ‸onErr: ''Fail'',\n  waitTimeout: ‸5}, {command: [/y], container: ‸"web"}]'`,
    ],
    [
      'double quotes',
      `"- command: [\\"/x\\"]\\n  ‸onErr: Fail\\n  waitTimeout: ‸5\\n- command: [/y]\\n  container: ‸w\\u0065b"`,
    ],
    [
      'an anchor',
      `&list |\n  - command: [/x]\n    ‸onErr: Fail\n    waitTimeout: ‸5\n  - {command: [/y], container: ‸web}\nother: *list`,
    ],
  ])('points into an own list in %s', (_style, list) => {
    const verdicts = ['error UnknownField', 'error MalformedDuration', 'error ContainerNotFound'];
    expectFindings(podWith(`${exec}: ${list}`), verdicts);
  });

  it.each([
    ['an unknown field', '‸images: a', 'error UnknownField'],
    ['an unknown field with a long name', `‸${'x'.repeat(60)}: a`, 'error UnknownField'],
    ['an unknown field that looks like a path', '"env": []\n‸"env[0].value": a', 'error UnknownField'],
    ['a field inside of a field, by its value', 'env:\n  - name: A\n    value: ‸1', 'error InvalidField'],
    [
      'mounts of a volume that the pod has not',
      'volumeMounts:\n  ‸- {name: data, mountPath: /d}',
      'error InvalidField',
    ],
    ['a key with dots', 'resources: {limits: {a.b/c: ‸x}}', 'error InvalidField'],
    ['a name that is taken', 'name: ‸main', 'warning NameTaken'],
    ['a name that is none', 'name: ‸Main', 'error InvalidContainerName'],
    ['a command for a shell', 'command: ‸echo hi > /x', 'error ShellOneLiner'],
  ])('points into an own init list: %s', (_what, field, verdict) => {
    const list = `- image: alpine\n- image: alpine\n${indented(field, 2)}`;
    expectFindings(podWith(`${ownInit}: |\n${indented(list, 2)}`), [verdict]);
  });

  it('points to the place of the hook where a field is missing', () => {
    expectFindings(podWith(`${ownInit}: |\n  - image: a\n  - ‸command: [date]`), ['error InvalidField']);
  });

  it('names no generated name, which depends on the pod', () => {
    const says = expectFindings(podWith(`${ownInit}: '[{image: alpine, name: ‸A}]'`), ['error InvalidContainerName']);
    expect(says).toEqual([`${ownInit}[0].name "A" is no container name: a generated name is taken`]);
  });

  it('tells that annotations leave no room for the stamp', () => {
    const most = 256 * 1024;
    const key = `${post}/command`;
    const says = expectFindings(
      podWith(`${key}: /x\nmore: ${'a'.repeat(most - key.length - 8)}`).replace('annotations', '‸annotations'),
      ['error LeftToVelero'],
    );
    expect(says).toEqual([
      expect.stringMatching(/^metadata\.annotations have no room .*: 1 hooks not run in this pod$/),
    ]);
  });
});
