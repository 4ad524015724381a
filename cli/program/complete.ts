import { commands, programOptions } from './commands.ts';
import type { CommandSpec, OptionSpec } from './option.ts';
import { findOption } from './parse.ts';

/** What a shell may offer for the last word of a command line. */
export interface Completion {
  readonly candidates: readonly Candidate[];
  readonly files: FileOffer;
}

export interface Candidate {
  readonly value: string;
  /** For shells that show it. */
  readonly says: string;
}

/** Whether file names are offered: none, all, or those that end so; folders then, too. */
export type FileOffer = 'none' | 'all' | { readonly endingIn: readonly string[] };

/**
 * Completes a command line.
 *
 * @param words after the program's name; the last one is to be completed, and may be empty
 */
export function complete(words: readonly string[]): Completion {
  const last = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const [name, ...rest] = before;
  const command = commands.find((each) => each.name === name);
  if (name === undefined) {
    return last.startsWith('-')
      ? offer(programOptions.map(optionCandidate), last)
      : offer(commands.map(commandCandidate), last);
  }
  if (command === undefined) return nothing;
  return completeArgument(command, rest, last);
}

/**
 * The answer in the form that completion scripts made by cobra read, kubectl's among them: a line for each candidate, what it
 * is behind a tab, and in the last line what to do about files.
 */
export function renderCompletion({ candidates, files }: Completion): string {
  if (files === 'all') return ':0\n';
  if (files !== 'none') return `${files.endingIn.join('\n')}\n:8\n`;
  return `${candidates.map(({ value, says }) => (says === '' ? `${value}\n` : `${value}\t${says}\n`)).join('')}:4\n`;
}

const nothing: Completion = { candidates: [], files: 'none' };

function completeArgument(command: CommandSpec, before: readonly string[], last: string): Completion {
  const { options, positional } = command;
  const onlyPositionals = before.includes('--');
  if (!onlyPositionals) {
    const waiting = optionBefore(options, before);
    if (waiting !== null) return completeValue(waiting, last);
    const attached = /^(?<option>--[^=]+)=(?<value>[^]*)$/.exec(last)?.groups;
    if (attached !== undefined) {
      const option = findOption(attached.option ?? '', options);
      return option === null ? nothing : completeValue(option, attached.value ?? '');
    }
    if (last.startsWith('-') || (last === '' && positional?.choices == null)) {
      return offer(unused(options, before).map(optionCandidate), last);
    }
  }
  if (positional?.choices == null) return nothing;
  return offer(
    positional.choices.map((value) => ({ value, says: commands.find(({ name }) => name === value)?.summary ?? '' })),
    last,
  );
}

/** The option whose value is to come next. One whose value is optional may have none. */
function optionBefore(options: readonly OptionSpec[], before: readonly string[]): OptionSpec | null {
  const word = before.at(-1) ?? '';
  if (!word.startsWith('-') || word.includes('=') || (!word.startsWith('--') && word.length > 2)) return null;
  const option = findOption(word, options);
  return option?.value == null || option.value.optional === true ? null : option;
}

function completeValue({ value }: OptionSpec, last: string): Completion {
  if (value?.kind === 'file') {
    return { candidates: [], files: value.extensions === undefined ? 'all' : { endingIn: value.extensions } };
  }
  const choices = value?.choices ?? [];
  // Of a list, the last part is completed, and those before it stay.
  const kept = value?.kind === 'list' ? last.slice(0, last.lastIndexOf(',') + 1) : '';
  const taken = kept.split(',');
  const left = choices.filter((choice) => !taken.includes(choice));
  return offer(
    left.map((choice) => ({ value: `${kept}${choice}`, says: '' })),
    last,
  );
}

function unused(options: readonly OptionSpec[], before: readonly string[]): OptionSpec[] {
  return options.filter(({ name, value }) => {
    const addsUp = value?.repeated === true || value?.kind === 'list';
    return addsUp || !before.some((word) => word.startsWith('-') && findOption(word, options)?.name === name);
  });
}

function optionCandidate({ name, says }: OptionSpec): Candidate {
  return { value: `--${name}`, says };
}

function commandCandidate({ name, summary }: CommandSpec): Candidate {
  return { value: name, says: summary };
}

function offer(candidates: readonly Candidate[], last: string): Completion {
  return { candidates: candidates.filter(({ value }) => value.startsWith(last)), files: 'none' };
}
