import { describe, expect, it } from '@jest/globals';
import { generateContainerName, isContainerName, nameAtAttempt } from '../../../shared/container-name.ts';
import { shortHash } from '../../../shared/hash.ts';

describe('isContainerName', () => {
  it.each(['a', '0', 'restore-hook', 'a--b', 'x'.repeat(63)])('takes %j', (text) => {
    expect(isContainerName(text)).toBe(true);
  });

  it.each(['', '-a', 'a-', 'A', 'a_b', 'a.b', 'a b', ' a', 'a\n', 'ä', 'x'.repeat(64), 'x'.repeat(1_000_000)])(
    'refuses what the API server would refuse',
    (text) => {
      expect(isContainerName(text)).toBe(false);
    },
  );
});

describe('generateContainerName', () => {
  const pod = { namespace: 'shop', name: 'db' };
  const hook = { image: 'alpine:latest', command: ['date'] };

  it('is the prefix with 8 hex digits, a valid name, and the same each time', () => {
    const name = generateContainerName(pod, hook);
    expect(name).toMatch(/^velero-restore-init-[0-9a-f]{8}$/);
    expect(isContainerName(name)).toBe(true);
    expect(generateContainerName({ ...pod }, { ...hook })).toBe(name);
  });

  it('differs with the pod and with the hook', () => {
    const names = [
      generateContainerName(pod, hook),
      generateContainerName({ ...pod, name: 'db2' }, hook),
      generateContainerName({ ...pod, namespace: 'shop2' }, hook),
      generateContainerName({ namespace: 'shop', generateName: 'db-' }, hook),
      generateContainerName(pod, { ...hook, image: 'alpine:3' }),
      generateContainerName(pod, { ...hook, command: null }),
      generateContainerName(pod, { ...hook, command: ['da', 'te'] }),
    ];
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('nameAtAttempt', () => {
  it.each([
    ['hook', 1, 'hook'],
    ['hook', 2, 'hook-2'],
    ['hook', 10, 'hook-10'],
    ['x'.repeat(63), 1, 'x'.repeat(63)],
    ['x'.repeat(63), 2, `${'x'.repeat(61)}-2`],
    ['x'.repeat(62), 2, `${'x'.repeat(61)}-2`],
    ['x'.repeat(63), 100, `${'x'.repeat(59)}-100`],
  ])('makes of %s at attempt %d the name %s', (name, attempt, expected) => {
    expect(nameAtAttempt(name, attempt)).toBe(expected);
    expect(isContainerName(expected)).toBe(true);
  });
});

describe('shortHash', () => {
  it('is FNV-1a, by the published values for bytes, of both bytes of each UTF-16 unit', () => {
    expect(shortHash('')).toBe('811c9dc5');
    // The bytes "foobar", two to a unit: http://www.isthe.com/chongo/src/fnv/test_fnv.c
    expect(shortHash('\u6f66\u626f\u7261')).toBe('bf9cf968');
  });
});
