import { describe, expect, it } from '@jest/globals';
import { checkName } from '../../cluster/instance.ts';
import { requireRoot } from '../../cluster/requirement.ts';

describe('requireRoot', () => {
  it.each([
    ['darwin', 0, 'The embedded cluster runs on Linux only, and this is darwin.'],
    ['win32', undefined, 'The embedded cluster runs on Linux only, and this is win32.'],
    ['linux', 1000, 'The embedded cluster needs root: it makes network interfaces, mounts and control groups.'],
  ])('says on %s as user %s in two lines what to do instead', (platform, uid, first) => {
    const instead =
      'Use a cluster of your own (kind, minikube) instead: set KUBECONFIG for kubectl, and ' +
      'RESTORE_HOOKS_KUBECONFIG=/path/to/its/kubeconfig for the demo and the tests.';
    expect(() => requireRoot(platform, uid)).toThrow(new Error(`${first}\n${instead}`));
  });

  it('lets root on Linux pass', () => {
    expect(() => requireRoot('linux', 0)).not.toThrow();
  });
});

describe('checkName', () => {
  it.each(['default', 'a', 'test-4711', '0'.repeat(30)])('takes %s', (name) => {
    expect(() => checkName(name)).not.toThrow();
  });

  it.each(['', '-a', 'a-', 'A', 'a.b', '../a', 'a/b', '0'.repeat(31)])('refuses "%s"', (name) => {
    expect(() => checkName(name)).toThrow('cannot be the name of a cluster');
  });
});
