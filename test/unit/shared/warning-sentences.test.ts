import { describe, expect, it } from '@jest/globals';
import { execKeys, initKeys, ownKeys } from '../../../shared/annotations.ts';
import type { HookWarning } from '../../../shared/warning.ts';
import { longestWarning, warnings } from '../../../shared/warning-sentences.ts';

const generated = 'velero-restore-init-0123abcd';

/** Every sentence, with the key that makes it longest. */
const sentences: readonly [string, (value: string) => HookWarning][] = [
  ['incompleteHook', (value) => warnings.incompleteHook(initKeys.name, value, initKeys.image)],
  ['incompleteHook', (value) => warnings.incompleteHook(execKeys.waitForReady, value, execKeys.command)],
  ['malformedCommand', (value) => warnings.malformedCommand(execKeys.command, value)],
  ['emptyCommand', (value) => warnings.emptyCommand(execKeys.command, value)],
  ['malformedDuration', (value) => warnings.malformedDuration(execKeys.waitTimeout, value, 'no limit is set')],
  ['negativeDuration', (value) => warnings.negativeDuration(execKeys.waitTimeout, value, 'no limit is set')],
  ['malformedOnError', (value) => warnings.malformedOnError(execKeys.onError, value, 'Continue')],
  ['malformedBoolean', (value) => warnings.malformedBoolean(execKeys.waitForReady, value, false)],
  ['strangeBoolean', (value) => warnings.strangeBoolean(ownKeys.readinessGate, value)],
  ['malformedCount', (value) => warnings.malformedCount('restorehooks.io/exec[99].retries', value, 100, 0)],
  [
    'malformedOnInterrupt',
    (value) => warnings.malformedOnInterrupt('restorehooks.io/exec[99].onInterrupt', value, 'Fail'),
  ],
  ['blankImage', (value) => warnings.blankImage(initKeys.image, value)],
  ['paddedImage', (value) => warnings.paddedImage(initKeys.image, value)],
  ['invalidContainerName', (value) => warnings.invalidContainerName(initKeys.name, value, generated)],
  ['nameTaken', (value) => warnings.nameTaken(initKeys.name, value, '-10000')],
  ['containerNotFound', (value) => warnings.containerNotFound(execKeys.container, value)],
];

describe('warnings', () => {
  it.each(sentences)('%s has room for eight characters of the value', (_, make) => {
    expect(make('12345678').text).toContain('"12345678"');
  });

  it.each(sentences)('%s keeps to 120 characters and its end, whatever the value', (_, make) => {
    const end = make('').text.split('""')[1] ?? '';
    for (const value of ['x'.repeat(300_000), '\n'.repeat(300), '"'.repeat(300), '😀'.repeat(300)]) {
      const { text } = make(value);
      expect(text.length).toBeLessThanOrEqual(longestWarning);
      expect(text.endsWith(`…"${end}`)).toBe(true);
      expect(text).not.toMatch(/\p{Cc}/u);
    }
  });

  it('names the nearest key in full where it fits, and by its end where it does not', () => {
    expect(warnings.unknownKey('post.hook.restore.velero.io/timeout', execKeys.execTimeout).text).toBe(
      'post.hook.restore.velero.io/timeout is unknown and ignored: did you mean post.hook.restore.velero.io/exec-timeout?',
    );
    const long = warnings.unknownKey(`post.hook.restore.velero.io/${'x'.repeat(63)}`, execKeys.execTimeout).text;
    expect(long).toMatch(
      /^post\.hook\.restore\.velero\.io\/x{30,}… is unknown and ignored: did you mean exec-timeout\?$/,
    );
    expect(long.length).toBeLessThanOrEqual(longestWarning);
    expect(warnings.unknownKey('restorehooks.io/a\nb', 'restorehooks.io/exec').text).toContain('a\\nb is unknown');
  });

  it('keeps the beginning and the end of a place inside of a list', () => {
    const { text } = warnings.invalidField(
      `restorehooks.io/init[7].${'x'.repeat(100)}.fieldPath`,
      'is wrong',
      'left out',
    );
    expect(text).toMatch(/^restorehooks\.io\/init\[7\]…x+\.fieldPath is wrong: left out$/);
    expect(text).toHaveLength(longestWarning);
  });

  it('keeps the beginning and the end of a place that is longer than its hook can be told', () => {
    const inside = `Restore ${'r'.repeat(253)} hooks.resources[7].postHooks[0].exec.onError`;
    const { text, place } = warnings.malformedOnError(inside, 'fail', 'Continue');
    expect(text).toMatch(/^Restore r+….*exec\.onError "fail" is neither Fail nor Continue: Continue is taken$/);
    expect(text.length).toBeLessThanOrEqual(longestWarning);
    expect(place).toBe(inside);
  });
});

/** Names that nobody has validated: in a file, a Restore may be called anything. */
const names = [
  'r'.repeat(300),
  'r\nr',
  '\u202er',
  '\ud800',
  '😀'.repeat(60),
  ']'.repeat(200),
  '',
  'r]\n'.repeat(60),
  '\u2028\u0085',
];

/** Every sentence about a Restore, a policy, or something inside of one. */
const placed: readonly [string, (name: string) => HookWarning][] = [
  ['unknownField', (name) => warnings.unknownField(`Restore ${name} hooks.x`)],
  ['invalidField', (name) => warnings.invalidField(`Restore ${name} hooks.resources[0].x`, 'is wrong', 'left out')],
  ['malformedRule', (name) => warnings.malformedRule(`Restore ${name} hooks`, 'in its annotation are no JSON')],
  [
    'malformedSelector',
    (name) => warnings.malformedSelector(`RestoreHookPolicy ${name} x`, 'has the unknown operator "x"'),
  ],
  ['malformedGlob', (name) => warnings.malformedGlob(`Restore ${name} hooks.resources[0]`, name)],
  ['tooManyHooks', (name) => warnings.tooManyHooks(`Restore ${name} hooks.resources`, 500)],
  ['moreProblems', (name) => warnings.moreProblems(`Restore ${name} hooks.resources`, 100_000)],
  ['malformedDuration', (name) => warnings.malformedDuration(`Restore ${name} x`, name, 'no limit is set')],
  ['containerNotFound', (name) => warnings.containerNotFound(`Restore ${name} x`, name)],
  ['nameTaken', (name) => warnings.nameTaken(`Restore rule ${name} initContainers`, name, '-500')],
  ['ambiguousRestore', (name) => warnings.ambiguousRestore(name, name)],
  ['ambiguousRestore', (name) => warnings.ambiguousRestore(name, 'n'.repeat(63))],
  ['veleroAtWork', (name) => warnings.veleroAtWork(name, 1_000)],
  ['restoreHoldsHooks', (name) => warnings.restoreHoldsHooks(name, 1_000)],
  ['notTakenOver', () => warnings.notTakenOver(1_000)],
  ['annotationsTooLarge', () => warnings.annotationsTooLarge(1_000)],
];

describe('warnings about Restores and policies', () => {
  it.each(placed)('%s keeps to 120 characters on one line, whatever the names', (_, make) => {
    for (const name of names) {
      const { text, place } = make(name);
      expect(text.length).toBeLessThanOrEqual(longestWarning);
      expect(text).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
      expect(place).not.toBe('');
    }
  });

  it.each(placed)('%s shows a name of usual length', (kind, make) => {
    const { text } = make('nightly-2026-03-01');
    expect(text.includes('nightly-2026')).toBe(!['notTakenOver', 'annotationsTooLarge'].includes(kind));
  });
});
