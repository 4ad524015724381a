import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { integer, list, logLevel, port, seconds, text } from '../../../../shared/service/environment-fields.ts';
import { readEnvironment } from '../../../../shared/service/environment.ts';

const schema = z.object({
  PORT: port(8443),
  FOLDER: text('a folder'),
  HOST: text('an address', '0.0.0.0'),
  GRACE: seconds({ fallback: 10, least: 0.5, most: 60 }),
  COUNT: integer({ fallback: 3, least: 1, most: 9, what: 'a count' }),
  NAMES: list('names', ['a', 'b']),
  LEVEL: logLevel(),
});

describe('readEnvironment', () => {
  it('takes the default of what is absent or empty, and milliseconds for seconds', () => {
    expect(readEnvironment(schema, { FOLDER: '/tls', PORT: '', HOST: undefined, OTHER: 'x' })).toEqual({
      ok: true,
      config: {
        PORT: 8443,
        FOLDER: '/tls',
        HOST: '0.0.0.0',
        GRACE: 10_000,
        COUNT: 3,
        NAMES: ['a', 'b'],
        LEVEL: 'info',
      },
    });
  });

  it('reads what is there', () => {
    const env = { FOLDER: ' /tls ', PORT: '0', GRACE: '0.5', COUNT: '9', NAMES: ' x ,,y,', LEVEL: 'debug' };
    expect(readEnvironment(schema, env)).toMatchObject({
      ok: true,
      config: { PORT: 0, FOLDER: '/tls', GRACE: 500, COUNT: 9, NAMES: ['x', 'y'], LEVEL: 'debug' },
    });
  });

  it('reads a list of nothing but a comma as empty, since an empty variable means the default', () => {
    expect(readEnvironment(schema, { FOLDER: '/tls', NAMES: ',' })).toMatchObject({ config: { NAMES: [] } });
  });

  it('names every bad variable at once, with its value and what is wanted', () => {
    const env = { PORT: 'tcp://10.0.0.1:443', GRACE: '61', COUNT: '1.5', LEVEL: 'loud' };
    expect(readEnvironment(schema, env)).toEqual({
      ok: false,
      message: [
        'PORT is "tcp://10.0.0.1:443": wanted is a port between 0 and 65535',
        'FOLDER is not set: wanted is a folder',
        'GRACE is "61": wanted is a number of seconds between 0.5 and 60',
        'COUNT is "1.5": wanted is a count between 1 and 9',
        'LEVEL is "loud": wanted is one of trace, debug, info, warn, error, fatal, silent',
      ].join('\n'),
    });
  });

  it.each(['65536', '-1', '1e3', ' 80', '0x50', '8080.0'])('takes %j for no port', (value) => {
    expect(readEnvironment(schema, { FOLDER: '/tls', PORT: value }).ok).toBe(false);
  });

  it('cuts a long value in its message', () => {
    const reading = readEnvironment(schema, { FOLDER: '/tls', PORT: 'x'.repeat(10_000) });
    expect(reading).toMatchObject({ ok: false, message: expect.stringMatching(/^PORT is "x{80}…": wanted is a port/) });
  });
});
