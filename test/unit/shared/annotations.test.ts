import { describe, expect, it } from '@jest/globals';
import { admittedForKey, execKeys, initKeys, nearestKnownKey, ownKeys } from '../../../shared/annotations.ts';

describe('nearestKnownKey', () => {
  it.each([...[initKeys, execKeys, ownKeys].flatMap((keys) => Object.values<string>(keys)), admittedForKey])(
    'has nothing to say about %s, which is known',
    (key) => {
      expect(nearestKnownKey(key)).toBeNull();
    },
  );

  it.each([
    'app',
    'pre.hook.backup.velero.io/command',
    'post.hook.backup.velero.io/timeout',
    'velero.io/restore-name',
    'x.restorehooks.io/exec',
    'restorehooks.io',
    '__proto__',
  ])('has nothing to say about %s, which is of no family of ours', (key) => {
    expect(nearestKnownKey(key)).toBeNull();
  });

  it.each([
    ['post.hook.restore.velero.io/timeout', 'post.hook.restore.velero.io/exec-timeout'],
    ['post.hook.restore.velero.io/exectimeout', 'post.hook.restore.velero.io/exec-timeout'],
    ['post.hook.restore.velero.io/Wait-Timeout', 'post.hook.restore.velero.io/wait-timeout'],
    ['post.hook.restore.velero.io/comand', 'post.hook.restore.velero.io/command'],
    ['post.hook.restore.velero.io/onerror', 'post.hook.restore.velero.io/on-error'],
    ['post.hook.restore.velero.io/wait-ready', 'post.hook.restore.velero.io/wait-for-ready'],
    ['post.hook.restore.velero.io/container-name', 'post.hook.restore.velero.io/container'],
    ['init.hook.restore.velero.io/image', 'init.hook.restore.velero.io/container-image'],
    ['init.hook.restore.velero.io/name', 'init.hook.restore.velero.io/container-name'],
    ['post.hook.restore.velero.io/ready', 'post.hook.restore.velero.io/wait-for-ready'],
    ['init.hook.restore.velero.io/exec-timeout', 'init.hook.restore.velero.io/timeout'],
    ['restorehooks.io/exce', 'restorehooks.io/exec'],
    ['restorehooks.io/inherits', 'restorehooks.io/inherit'],
    ['restorehooks.io/readinessgate', 'restorehooks.io/readiness-gate'],
  ])('takes %s for %s', (key, nearest) => {
    expect(nearestKnownKey(key)).toBe(nearest);
  });

  it('takes no longer for a key of a megabyte', () => {
    const startedAtMs = performance.now();
    expect(nearestKnownKey(`post.hook.restore.velero.io/${'x'.repeat(1_000_000)}`)).toMatch(/^post/);
    expect(performance.now() - startedAtMs).toBeLessThan(100);
  });
});
