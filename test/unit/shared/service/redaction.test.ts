import { describe, expect, it } from '@jest/globals';
import { createRedaction, withheld } from '../../../../shared/service/redaction.ts';

describe('createRedaction', () => {
  it('takes out what matches, of one text after the other', () => {
    const redact = createRedaction([/s3cret/g]);
    expect(['a s3cret', '', 's3crets3cret'].map(redact)).toEqual(['a [redacted]', '', '[redacted][redacted]']);
  });

  it('leaves a text as it is without patterns', () => {
    expect(createRedaction([])('s3cret')).toBe('s3cret');
  });

  it('withholds a text that an expression would look at for years, and goes on with the next', () => {
    const redact = createRedaction([/(a+)+$/g]);
    expect(redact(`${'a'.repeat(60)}!`)).toBe(withheld);
    expect(redact('baa')).toBe('b[redacted]');
  });
});
