import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readDocuments } from '../../../cli/documents.ts';
import type { Json } from '../../../shared/yaml-value.ts';

function read(text: string) {
  return readDocuments({ name: 'f.yaml', text });
}

function values(text: string): readonly Json[] {
  const { documents, problems } = read(text);
  expect(problems).toEqual([]);
  return documents.map(({ value }) => value);
}

describe('readDocuments', () => {
  it.each<[string, string, Json[]]>([
    ['a YAML document', 'a: 1\nb: [x, y]\n', [{ a: 1, b: ['x', 'y'] }]],
    ['several YAML documents', 'a: 1\n---\nb: 2\n...\n---\nc: 3', [{ a: 1 }, { b: 2 }, { c: 3 }]],
    ['nothing of empty documents', '---\n# only a comment\n---\n---\na: 1\n---\n~\n', [{ a: 1 }]],
    ['nothing of nothing', '', []],
    ['a JSON document with tabs', '{\n\t"a": {\n\t\t"b": ["c\\td"]\n\t}\n}\n', [{ a: { b: ['c\td'] } }]],
    ['JSON documents one after the other', '{"a":1}{"a":2}\n[3]\n\n{"a":4}', [{ a: 1 }, { a: 2 }, [3], { a: 4 }]],
    ['JSON, then YAML', '{"a":1}\n# and now\n---\nb: 2\n', [{ a: 1 }, { b: 2 }]],
    ['JSON with a name over 1024 characters', `{"${'n'.repeat(2000)}"\n: 1}`, [{ ['n'.repeat(2000)]: 1 }]],
    ['a byte order mark before YAML', '\uFEFFa: 1', [{ a: 1 }]],
    ['a byte order mark before JSON', '\uFEFF{"a":1}', [{ a: 1 }]],
    ['YAML that begins like JSON', '{a: b, c: [d]}', [{ a: 'b', c: ['d'] }]],
    ['Windows line ends', 'a: "x\r\n  y"\r\nb: 1\r\n', [{ a: 'x y', b: 1 }]],
    [
      'words of YAML 1.1 as text',
      '%YAML 1.1\n---\na: on\nb: 2001-01-01\nc: 0777',
      [{ a: 'on', b: '2001-01-01', c: 777 }],
    ],
    ['aliases', 'a: &x {b: 1}\nc: *x\nd: [*x]', [{ a: { b: 1 }, c: { b: 1 }, d: [{ b: 1 }] }]],
    ['an anchor set anew', 'a: &x 1\nb: *x\nc: &x 2\nd: *x', [{ a: 1, b: 1, c: 2, d: 2 }]],
    [
      'a merged map, behind its own keys',
      'a: &x {b: 1, c: 1}\nd:\n  b: 2\n  <<: *x',
      [{ a: { b: 1, c: 1 }, d: { b: 2, c: 1 } }],
    ],
    ['merged maps, the first first', 'a:\n  <<: [{b: 1}, {b: 2, c: 2}]', [{ a: { b: 1, c: 2 } }]],
    ['"<<" in quotes as a key', 'a: {"<<": {b: 1}}', [{ a: { '<<': { b: 1 } } }]],
    ['numbers as keys', '1: a\n', [{ '1': 'a' }]],
    ['half a surrogate pair as what UTF-8 has for it', 'a: "\\ud800"', [{ a: '\ufffd' }]],
  ])('reads %s', (_title, text, expected) => {
    expect(values(text)).toEqual(expected);
  });

  it('keeps __proto__ as a key', () => {
    expect(Object.entries(values('__proto__: {a: 1}')[0] ?? {})).toEqual([['__proto__', { a: 1 }]]);
  });

  it.each<[string, string, number, number, string]>([
    ['a list that does not end', 'a: 1\nb: [1', 2, 6, 'Flow sequence'],
    ['a tab as indentation', 'a:\n\tb: 1', 2, 1, 'Tabs are not allowed as indentation'],
    ['a key that stands twice', 'a: 1\nb: 2\na: 3', 3, 1, 'the key "a" stands twice'],
    ['an alias without an anchor', 'a: *x', 1, 4, '*x names no anchor before it'],
    ['an alias before its anchor', 'a: *x\nb: &x 1', 1, 4, '*x names no anchor before it'],
    ['an anchor that holds its alias', 'a: &a [1, *a]', 1, 11, '*a stands within its own anchor'],
    ['a merge of what is no map', 'a: {<<: 1}', 1, 5, '<< merges what is no map'],
    ['a tag', 'a: !!binary aGk=', 1, 4, 'Unresolved tag'],
    ['a key that is a list', '? [a]\n: b', 1, 3, 'all keys must be strings'],
    ['a number that JSON has not', 'a:\n  - .inf', 2, 5, 'Infinity is no number that JSON can hold'],
    ['broken JSON', '{\n\t"a": 1,\n\t"b" 2\n}', 3, 6, ''],
    ['JSON broken after JSON', '{"a":1}\n{"b":2,,}', 2, 8, ''],
    ['YAML that nests too deep', '['.repeat(100_000), 1, 501, 'nests too deep'],
    ['JSON that nests too deep', `${'['.repeat(1000)}${']'.repeat(1000)}`, 1, 1, 'nests too deep'],
    ['a template that is not filled in', 'a: 1\n---\n{{ .Values.x }}', 3, 2, 'all keys must be strings'],
  ])('says where there is %s', (_title, text, line, column, message) => {
    const { problems } = read(text);
    expect(problems[0]).toEqual({ file: 'f.yaml', line, column, message: expect.stringContaining(message) });
    expect(problems[0]?.message).not.toContain('\n');
  });

  it('reads the other documents of a file with a broken one', () => {
    const { documents, problems } = read('a: 1\n---\nb: 1\nb: 2\n---\nc: 3\n');
    expect(documents.map(({ value }) => value)).toEqual([{ a: 1 }, { c: 3 }]);
    expect(problems).toHaveLength(1);
  });

  it.each([
    ['YAML', 'a: 1\n---\n# x\nb:\n  - c: d\n'],
    ['JSON', '{"a": 1}\n\n\t{\n  "b": [\n    {"c": "d"}]}'],
  ])('gives places in the whole file for the nodes of %s', (_title, text) => {
    const { documents } = read(text);
    const node = documents[1]?.document.getIn(['b', 0, 'c'], true) as { readonly range: readonly number[] };
    const offset = node.range[0] ?? -1;
    expect(text.slice(offset).replace('"', '')).toMatch(/^d/);
    const before = text.slice(0, offset).split('\n');
    expect(documents[1]?.lineCounter.linePos(offset)).toEqual({
      line: before.length,
      col: (before.at(-1) ?? '').length + 1,
    });
  });

  it('refuses aliases that would grow without bound, before they do', () => {
    const levels = Array.from({ length: 60 }, (_, level) => {
      const aliases = Array.from({ length: 9 }, () => `*a${level}`).join(', ');
      return `a${level + 1}: &a${level + 1} [${aliases}]`;
    });
    const { documents, problems } = read(['a0: &a0 [x]', ...levels].join('\n'));
    expect(documents).toEqual([]);
    expect(problems.map(({ message }) => message)).toEqual(['aliases repeat more than 100000 values']);
  });

  it('reports a few problems of a document, and not every consequence of the first', () => {
    expect(read('"a" '.repeat(1000)).problems.length).toBeLessThanOrEqual(5);
  });

  it('never throws, whatever the text', () => {
    const pieces = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ':',
        ',',
        '"',
        "'",
        '- ',
        '? ',
        ': ',
        '\n',
        '  ',
        '\t',
        '---\n',
        '...\n',
        '&a ',
        '*a',
        '<<: ',
      ],
      ...[
        '|\n',
        '>-\n',
        '#',
        '!t ',
        '%YAML 1.1\n',
        '\\',
        '\uFEFF',
        '\r',
        'a',
        '1',
        '~',
        '@',
        '`',
        '\u2028',
        '\ud800',
        '\0',
      ],
    );
    const texts = fc.oneof(
      fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join('')),
      fc.string(),
    );
    fc.assert(
      fc.property(texts, (text) => {
        for (const { line, column } of read(text).problems) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(column).toBeGreaterThanOrEqual(1);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
