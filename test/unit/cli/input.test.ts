import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readInput } from '../../../cli/input.ts';

async function* chunks(...parts: readonly (string | Buffer)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield await Promise.resolve(Buffer.from(part));
}

describe('readInput', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'restore-hooks-input-'));
    const at = (name: string) => join(folder, name);
    await Promise.all(['all', 'empty', 'all/inner.yaml'].map((name) => mkdir(at(name), { recursive: true })));
    await writeFile(at('one.txt'), 'a: ä\n');
    await writeFile(at('all/b.yml'), 'b');
    await writeFile(at('all/a.json'), 'a');
    await writeFile(at('all/c.yaml'), 'c');
    await writeFile(at('all/d.txt'), 'd');
    await writeFile(at('all/inner.yaml/x.yaml'), 'x');
    await writeFile(at('latin1.yaml'), Buffer.from('a: \xe4\n', 'latin1'));
    await writeFile(at('utf16.yaml'), Buffer.from('\ufeffa: ä\n', 'utf16le'));
    await symlink(at('one.txt'), at('all/link.yaml'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Without the folder's name, which is made up. */
  async function read(names: readonly string[], stdin = chunks()) {
    const { files, problems } = await readInput(
      names.map((name) => (name === '-' ? name : join(folder, name))),
      stdin,
    );
    const short = (text: string) => text.replaceAll(`${folder}/`, '');
    return { files: files.map(({ name, text }) => [short(name), text]), problems: problems.map(short) };
  }

  it.each<[string, string[], string[][]]>([
    ['a file, whatever its name', ['one.txt'], [['one.txt', 'a: ä\n']]],
    [
      'the manifests of a folder by name, without folders in it',
      ['all'],
      [
        ['all/a.json', 'a'],
        ['all/b.yml', 'b'],
        ['all/c.yaml', 'c'],
        ['all/link.yaml', 'a: ä\n'],
      ],
    ],
    [
      'several in the order given',
      ['one.txt', 'all/c.yaml', 'one.txt'],
      [
        ['one.txt', 'a: ä\n'],
        ['all/c.yaml', 'c'],
        ['one.txt', 'a: ä\n'],
      ],
    ],
    ['UTF-16 with its mark', ['utf16.yaml'], [['utf16.yaml', 'a: ä\n']]],
  ])('reads %s', async (_title, names, files) => {
    expect(await read(names)).toEqual({ files, problems: [] });
  });

  it('reads standard input, its characters whole, in its place among the files', async () => {
    const text = Buffer.from('x: ä');
    expect(await read(['all/c.yaml', '-', 'all/b.yml'], chunks(text.subarray(0, 4), text.subarray(4)))).toEqual({
      files: [
        ['all/c.yaml', 'c'],
        ['<stdin>', 'x: ä'],
        ['all/b.yml', 'b'],
      ],
      problems: [],
    });
  });

  it('says of each name why it cannot be read, and reads the others', async () => {
    expect(await read(['nope.yaml', 'empty', 'latin1.yaml', 'all/c.yaml', '-', '-'], chunks('s'))).toEqual({
      files: [
        ['all/c.yaml', 'c'],
        ['<stdin>', 's'],
      ],
      problems: [
        'nope.yaml: there is no such file or folder',
        'empty: there is no *.yaml, *.yml, *.json in it',
        'latin1.yaml: is no UTF-8 text',
        '<stdin>: can be read only once',
      ],
    });
  });

  it('refuses what does not end', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      const chunk = Buffer.alloc(16 * 1024 * 1024);
      for (;;) yield await Promise.resolve(chunk);
    }
    expect((await read(['-'], endless())).problems).toEqual(['<stdin>: is larger than 268435456 bytes']);
  });
});
