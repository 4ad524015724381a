import { describe, expect, it } from '@jest/globals';
import { hierarchiesIn } from '../../cluster/cgroup.ts';

describe('hierarchiesIn', () => {
  it.each([
    ['version 2', ['cgroup2 /sys/fs/cgroup cgroup2 rw 0 0'], ['/sys/fs/cgroup']],
    [
      'both versions',
      [
        'tmpfs /sys/fs/cgroup tmpfs rw 0 0',
        'cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0',
        'cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0',
      ],
      ['/sys/fs/cgroup/cpu', '/sys/fs/cgroup/unified'],
    ],
    ['neither', ['proc /proc proc rw 0 0', ''], []],
  ])('finds %s', (_, lines, expected) => {
    expect(hierarchiesIn(lines.join('\n'))).toEqual(expected);
  });
});
