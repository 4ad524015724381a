import { describe, expect, it } from '@jest/globals';
import { parseStatus } from '../../cluster/packages.ts';

describe('parseStatus', () => {
  it.each([
    ['dlstatus:1:0:Retrieving file 1 of 9', 0, 'Retrieving file 1 of 9'],
    ['dlstatus:9:100:Retrieving file 9 of 9', 50, 'Retrieving file 9 of 9'],
    ['pmstatus:runc:40.5:Unpacking runc (amd64)', 70.25, 'Unpacking runc (amd64)'],
    ['pmstatus:dpkg-exec:100:Running dpkg', 100, 'Running dpkg'],
  ])('reads %s', (line, percent, what) => {
    expect(parseStatus(line)).toEqual({ percent, what });
  });

  it.each(['Reading package lists...', 'pmstatus:runc:x:Unpacking', 'pmerror:runc:10:failed', ''])(
    'finds nothing in %j',
    (line) => {
      expect(parseStatus(line)).toBeNull();
    },
  );
});
