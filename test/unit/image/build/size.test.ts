import { describe, expect, it } from '@jest/globals';
import { renderSizes } from '../../../../image/build/size.ts';

describe('renderSizes', () => {
  it('adds up in megabytes of 10^6 bytes', () => {
    const text = renderSizes([
      { name: 'Node', compressed: 48_049_999, unpacked: 132_200_000 },
      { name: 'restore-hooks', compressed: 1_200_000, unpacked: 6_900_000 },
    ]);
    expect(text).toBe(`layer          compressed    unpacked
Node              48.0 MB    132.2 MB
restore-hooks      1.2 MB      6.9 MB
total             49.2 MB    139.1 MB`);
  });
});
