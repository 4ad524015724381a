import { describe, expect, it } from '@jest/globals';
import { parseBoolean } from '../../../shared/boolean.ts';

describe('parseBoolean', () => {
  it.each(['1', 't', 'T', 'true', 'TRUE', 'True'])('reads %j as true', (text) => {
    expect(parseBoolean(text)).toBe(true);
  });

  it.each(['0', 'f', 'F', 'false', 'FALSE', 'False'])('reads %j as false', (text) => {
    expect(parseBoolean(text)).toBe(false);
  });

  it.each(['', 'tRUE', 'fALSE', 'yes', 'no', 'on', 'y', '2', '01', ' true', 'true ', 'null'])(
    'finds no truth value in %j',
    (text) => {
      expect(parseBoolean(text)).toBeNull();
    },
  );
});
