import { describe, expect, it } from '@jest/globals';
import { readYaml } from '../../../shared/yaml-value.ts';

describe('readYaml', () => {
  it.each<[string, unknown]>([
    ['', null],
    ['[]', []],
    ['- a: 1\n  b: [yes, "1", ~, true]', [{ a: 1, b: ['yes', '1', null, true] }]],
    ['[{"a": "\\ud800"}]', [{ a: '\ufffd' }]],
    ['- .nan\n- .inf', ['NaN', 'Infinity']],
    ['- <<: {a: 1}', [{ '<<': { a: 1 } }]],
  ])('reads %j', (text, value) => {
    expect(readYaml(text)).toEqual({ ok: true, value });
  });

  it('reads a long text in a list, as a script is one', () => {
    const script = 'pg_restore /backup/db.dump | tee /dev/null '.repeat(1_400);
    expect(readYaml(`- command: ${script.trim()}`)).toEqual({ ok: true, value: [{ command: script.trim() }] });
  });

  it('makes a property of __proto__, and no prototype', () => {
    const reading = readYaml('{"__proto__": {"image": "x"}}');
    expect(reading.ok && Object.hasOwn(reading.value as object, '__proto__')).toBe(true);
  });

  const most = 10_000;
  it.each<[string, string, string]>([
    ['an alias', '- &a x\n- *a', 'has an alias (line 2)'],
    ['a bomb', `a: &a [x]\n${'b: &b [*a,*a]\n'.repeat(9)}`, 'has an alias (line 2)'],
    ['a tag', '- !!str 1', 'has a tag (line 1)'],
    ['a tag of its own', '- !x 1', 'is no YAML (line 1)'],
    ['a key twice', '{"a": 1, "a": 2}', 'has a key twice (line 1)'],
    ['a map for a key', '? {a: 1}\n: 2', 'is no YAML (line 1)'],
    ['two documents', 'a\n---\nb', 'is no YAML (line 2)'],
    ['a megabyte', ' '.repeat(1_000_000), 'is longer than 65536 characters'],
    ['open lists', '['.repeat(most), 'is no YAML'],
    ['nested lists', '- '.repeat(most), 'is no YAML'],
    ['keys, all one', `{${'a,'.repeat(most - 2)}}`, 'has a key twice (line 1)'],
    ['anchors', '&a '.repeat(most), 'is no YAML (line 1)'],
    ...Array.from('[]{},:&*!#"\'?-\n').map((mark): [string, string, string] => [
      `more than so many of ${JSON.stringify(mark)}`,
      mark.repeat(most + 1),
      'has more than 10000 brackets, colons, lines and the like',
    ]),
  ])('refuses %s', (_, text, why) => {
    expect(readYaml(text)).toEqual({ ok: false, why: expect.stringContaining(why) });
  });
});
