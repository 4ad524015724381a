import { commands, programOptions, type Command } from './commands.ts';
import { nearest } from './nearest.ts';
import type { CommandSpec, OptionSpec } from './option.ts';

/** The values of each option that was given, by its name: none of a switch, all of a list, and else the last one. */
export type GivenOptions = ReadonlyMap<string, readonly string[]>;

export type CommandLine =
  | {
      readonly is: 'command';
      readonly command: Command;
      readonly options: GivenOptions;
      readonly positional: string | null;
    }
  /** null: of the program. */
  | { readonly is: 'help'; readonly command: CommandSpec | null }
  | { readonly is: 'version' }
  | { readonly is: 'wrong'; readonly command: CommandSpec | null; readonly message: string };

/** Reads a command line, without the program's name. */
export function parseCommandLine(words: readonly string[]): CommandLine {
  const [first, ...rest] = words;
  if (first === undefined) return wrong(null, 'a command is missing');
  if (first.startsWith('-')) {
    const option = findOption(first, programOptions);
    if (option === null) return wrong(null, misplacedOption(first) ?? unknownOption(first, programOptions));
    return option.name === 'help' ? { is: 'help', command: null } : { is: 'version' };
  }
  const command = commands.find(({ name }) => name === first);
  if (command === undefined) {
    const names = commands.map(({ name }) => name);
    return wrong(null, `unknown command ${shown(first)}; did you mean ${nearest(first, names)}?`);
  }
  return parseRest(command, rest);
}

/** A word as it may stand in a message: in quotes if it has other characters than words of a command line mostly have. */
export function shown(word: string): string {
  return /^[\w./=*,:@%+-]+$/.test(word) ? word : JSON.stringify(word);
}

function parseRest(command: Command, words: readonly string[]): CommandLine {
  const options = new Map<string, string[]>();
  const positionals: string[] = [];
  let onlyPositionals = false;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (onlyPositionals || word === '-' || !word.startsWith('-')) {
      positionals.push(word);
      continue;
    }
    if (word === '--') {
      onlyPositionals = true;
      continue;
    }
    const option = findOption(word, command.options);
    if (option === null) return wrong(command, unknownOption(word, command.options));
    if (option.name === 'help') return { is: 'help', command };
    const next = words[at + 1];
    const given = valueOf(word, option, next);
    if (given.is === 'wrong') return wrong(command, given.message);
    if (given.is === 'next') at += 1;
    const problem = take(options, option, given.value);
    if (problem !== null) return wrong(command, problem);
  }
  return withPositionals(command, options, positionals);
}

type GivenValue =
  | { readonly is: 'none' | 'attached' | 'next'; readonly value: string | null }
  | { readonly is: 'wrong'; readonly message: string };

function valueOf(word: string, option: OptionSpec, next: string | undefined): GivenValue {
  const attached = attachedValue(word);
  if (option.value === null) {
    if (attached === null) return { is: 'none', value: null };
    return { is: 'wrong', message: `${nameOf(word)} takes no value` };
  }
  if (attached !== null) return { is: 'attached', value: attached };
  if (next !== undefined && (next === '-' || !next.startsWith('-'))) return { is: 'next', value: next };
  if (option.value.optional === true) return { is: 'none', value: '' };
  return { is: 'wrong', message: `${nameOf(word)} needs a value: ${nameOf(word)} ${option.value.placeholder}` };
}

/** Adds a value to those given before; says what is wrong with it. */
function take(options: Map<string, string[]>, option: OptionSpec, value: string | null): string | null {
  const before = options.get(option.name) ?? [];
  if (value === null || option.value === null) {
    options.set(option.name, []);
    return null;
  }
  const { kind, choices, repeated, optional, placeholder } = option.value;
  if (kind !== 'list' && value === '' && optional !== true) return `--${option.name} needs a ${placeholder}`;
  const values = kind === 'list' ? value.split(',').map((part) => part.trim()) : [value];
  const parts = kind === 'list' ? values.filter((part) => part !== '') : values;
  const strange = choices === undefined ? undefined : parts.find((part) => !choices.includes(part));
  if (choices !== undefined && strange !== undefined) {
    return `--${option.name} ${shown(strange)} is none of ${choices.join(', ')}; did you mean ${nearest(strange, choices)}?`;
  }
  options.set(option.name, kind === 'list' || repeated === true ? [...before, ...parts] : parts);
  return null;
}

function withPositionals(command: Command, options: GivenOptions, positionals: readonly string[]): CommandLine {
  const { positional } = command;
  const [first, second] = positionals;
  if (positional === null) {
    if (first === undefined) return { is: 'command', command, options, positional: null };
    const hint = command.options.some(({ name }) => name === 'filename')
      ? `; files are given by -f ${shown(first)}`
      : '';
    return wrong(command, `unexpected ${shown(first)}${hint}`);
  }
  if (second !== undefined) return wrong(command, `unexpected ${shown(second)}`);
  if (first === undefined && !positional.optional) {
    const choices = positional.choices === null ? '' : `: one of ${positional.choices.join(', ')}`;
    return wrong(command, `${positional.placeholder} is missing${choices}`);
  }
  const { choices } = positional;
  if (first !== undefined && choices !== null && !choices.includes(first)) {
    return wrong(command, `${shown(first)} is none of ${choices.join(', ')}; did you mean ${nearest(first, choices)}?`);
  }
  return { is: 'command', command, options, positional: first ?? null };
}

/** By `--name`, `--name=value`, `-n`, `-nvalue` or `-n=value`. */
export function findOption(word: string, options: readonly OptionSpec[]): OptionSpec | null {
  if (word.startsWith('--')) {
    const name = nameOf(word).slice(2);
    return options.find((option) => option.name === name) ?? null;
  }
  const found = options.find(({ short }) => short !== undefined && short === word[1]);
  if (found === undefined) return null;
  return found.value === null && word.length > 2 ? null : found;
}

function nameOf(word: string): string {
  return word.startsWith('--') ? word.replace(/=[^]*$/, '') : word.slice(0, 2);
}

function attachedValue(word: string): string | null {
  if (word.startsWith('--')) return word.includes('=') ? word.slice(word.indexOf('=') + 1) : null;
  return word.length > 2 ? word.slice(2).replace(/^=/, '') : null;
}

function misplacedOption(word: string): string | null {
  const owner = commands.find(({ options }) => findOption(word, options) !== null);
  return owner === undefined ? null : `${shown(nameOf(word))} must come after its command, such as ${owner.name}`;
}

function unknownOption(word: string, options: readonly OptionSpec[]): string {
  const name = word.startsWith('--') ? nameOf(word) : word;
  const meant = nearest(
    name.replace(/^-+/, ''),
    options.map((option) => option.name),
  );
  return `unknown option ${shown(name)}; did you mean --${meant}?`;
}

function wrong(command: CommandSpec | null, message: string): CommandLine {
  return { is: 'wrong', command, message };
}
