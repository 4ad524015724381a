import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../image/build/root.ts';

export interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** What follows one FROM. */
export interface Stage {
  readonly base: string;
  readonly instructions: readonly Instruction[];
}

/** The instructions of the project's Dockerfile, one a line as it has them. Throws on what is written in another way. */
export async function readDockerfile(): Promise<readonly Stage[]> {
  const text = await readFile(join(root, 'Dockerfile'), 'utf8');
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const stages: { base: string; instructions: Instruction[] }[] = [];
  for (const line of lines) {
    const [, name = '', rest = ''] = /^([A-Z]+) (.*[^\\])$/.exec(line) ?? [];
    if (name === '') throw new Error(`not understood in the Dockerfile: ${line}`);
    if (name === 'FROM') stages.push({ base: rest, instructions: [] });
    else stages.at(-1)?.instructions.push({ name, text: rest });
  }
  return stages;
}

/** The arguments of a stage's instructions of that name, in their order. */
export function textsOf(stage: Stage, name: string): readonly string[] {
  return stage.instructions.filter((each) => each.name === name).map(({ text }) => text);
}

/** What a stage copies from the build's context, not from another stage. */
export function copiedFromContext(stage: Stage): readonly { readonly from: readonly string[]; readonly to: string }[] {
  return textsOf(stage, 'COPY').flatMap((text) => {
    if (text.startsWith('--')) return [];
    const words = text.split(' ');
    return [{ from: words.slice(0, -1), to: words.at(-1) ?? '' }];
  });
}
