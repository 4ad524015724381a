import { describe, expect, it } from '@jest/globals';
import { measure } from '../../cluster/binaries/work.ts';

/** Two programs that share a package, as `go list` names what is stale: every program, and of the rest what is not compiled. */
function two() {
  return measure([
    { path: 'shared', dependencies: [] },
    { path: 'own', dependencies: [] },
    { path: 'cmd/first', dependencies: ['compiled-before', 'shared'] },
    { path: 'cmd/second', dependencies: ['own', 'shared'] },
  ]);
}

describe('measure', () => {
  it('counts a shared package once, and linking as 30 packages a program', () => {
    const work = two();
    expect(work.total).toBe(2 + 2 * 30);
    expect(work.done()).toBe(0);
    expect([work.left('cmd/first'), work.left('cmd/second')]).toEqual([1, 2]);
  });

  it('counts what the compiler begins with, for every program that waits for it', () => {
    const work = two();
    expect(work.compiled('shared')).toBe(true);
    expect(work.done()).toBe(1);
    expect([work.left('cmd/first'), work.left('cmd/second')]).toEqual([0, 1]);
  });

  it('takes no notice of lines that are not packages it waits for', () => {
    const work = two();
    expect(work.compiled('go: warning')).toBe(false);
    expect(work.compiled('cmd/first')).toBe(false);
    expect(work.done()).toBe(0);
  });

  it('takes all of a program as done once it is there, even packages the compiler never named', () => {
    const work = two();
    work.linked('cmd/second');
    expect(work.done()).toBe(2 + 30);
    work.linked('cmd/first');
    expect(work.done()).toBe(work.total);
  });
});
