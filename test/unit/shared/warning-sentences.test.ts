import { describe, expect, it } from '@jest/globals';
import { execKeys, initKeys, unsupportedKeys } from '../../../shared/annotations.ts';
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

  it.each(unsupportedKeys)('says of %s that this version does not act on it', (key) => {
    const { code, text } = warnings.notSupported(key);
    expect(code).toBe('NotSupported');
    expect(text).toBe(`${key} is ignored: this version does not act on it yet`);
    expect(text.length).toBeLessThanOrEqual(longestWarning);
  });
});
