import { expect, it } from '@jest/globals';
import { createLogger } from '../../../../shared/service/logger.ts';

it('writes one JSON object a line, with a word for the level and RFC 3339 for the time', () => {
  const lines: string[] = [];
  const logger = createLogger({ name: 'webhook', level: 'warn' }, { write: (line) => lines.push(line) });
  logger.info('not written');
  logger.warn({ pod: 'db' }, 'written');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/\n$/);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    name: 'webhook',
    level: 'warn',
    pod: 'db',
    msg: 'written',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  });
});
