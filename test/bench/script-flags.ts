import { readFile } from 'node:fs/promises';

/** The flags that `npm run NAME` gives to Node: a process is measured as its users start it. */
export async function flagsOfScript(name: 'webhook' | 'executor'): Promise<string[]> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  const { scripts } = JSON.parse(text) as { readonly scripts: Readonly<Record<typeof name, string>> };
  return scripts[name].split(' ').filter((word) => word.startsWith('--'));
}
