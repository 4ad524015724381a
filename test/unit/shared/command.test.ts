import { describe, expect, it } from '@jest/globals';
import { parseCommand } from '../../../shared/command.ts';

const key = 'post.hook.restore.velero.io/command';

describe('parseCommand', () => {
  it.each<[string, string[]]>([
    ['["/bin/bash", "-c", "psql < /backup/backup.sql"]', ['/bin/bash', '-c', 'psql < /backup/backup.sql']],
    ['["/bin/true"]', ['/bin/true']],
    ['[""]', ['']],
    ['  \n\t["a","b"]\u0085\u00a0 ', ['a', 'b']],
    ['["\\u0000", "ä", "\\ud83d\\ude00"]', ['\0', 'ä', '😀']],
    // Half a surrogate pair is what UTF-8 makes of it, so that the hook knows itself again.
    ['["\\ud800"]', ['\ufffd']],
  ])('reads %j as an array of arguments', (text, command) => {
    expect(parseCommand(key, text)).toEqual({ value: command, warnings: [] });
  });

  it.each(['/bin/true', '/bin/sh -c date', ' /bin/true ', ' ', '\t', '"quoted"', '{"a": 1}', '\ufeff["a"]'])(
    'keeps %j as one single argument',
    (text) => {
      expect(parseCommand(key, text)).toEqual({ value: [text], warnings: [] });
    },
  );

  it.each([
    '[',
    '["a"',
    '["a",]',
    "['a']",
    '[1]',
    '["a", 1]',
    '["a", null]',
    '[["a"]]',
    '["a"] b',
    ' [a] ',
    '[ -f /x ]',
  ])('takes %j, which is no array of strings, as one single argument, and warns', (text) => {
    const { value, warnings } = parseCommand(key, text);
    expect(value).toEqual([text]);
    expect(warnings).toEqual([
      {
        code: 'MalformedCommand',
        place: key,
        text: `${key} ${JSON.stringify(text)} is no JSON array of strings: taken as one single argument`,
      },
    ]);
  });

  it.each(['[]', ' [ ] ', ''])('finds nothing to run in %j, and warns', (text) => {
    const { value, warnings } = parseCommand(key, text);
    expect(value).toBeNull();
    expect(warnings.map(({ code }) => code)).toEqual(['EmptyCommand']);
  });

  it('survives an array nested a hundred thousand deep', () => {
    const text = '['.repeat(100_000);
    expect(parseCommand(key, text).value).toEqual([text]);
  });
});
