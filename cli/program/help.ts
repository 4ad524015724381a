import { commands, programOptions } from './commands.ts';
import type { CommandSpec, OptionSpec } from './option.ts';

const width = 100;
/** In examples. */
const programName = /restore-hooks (?=(?:plan|lint|status|wait|logs|rerun|cancel|completion|help)(?: |$))/g;
/** Names longer than this have their sentence on the next line. */
const widestName = 32;

/** The help of the program. `program` is what people type to run it. */
export function programHelp(program: string): string {
  return sections([
    `Restore hooks for Kubernetes: what will happen to a pod when it comes back from a backup.`,
    [`Usage:`, `  ${program} COMMAND [OPTIONS]`],
    [`Commands:`, ...columns(commands.map(({ name, summary }) => [name, summary]))],
    [`Options:`, ...columns(programOptions.map((option) => [optionName(option), option.says]))],
    `Use "${program} COMMAND --help" for more about a command.`,
  ]);
}

/** The help of one command: its options, examples and exit codes. */
export function commandHelp(program: string, command: CommandSpec): string {
  const { summary, says, options, examples, exitCodes } = command;
  return sections([
    `${summary}.`,
    [`Usage:`, `  ${usage(program, command)}`],
    wrapped(says.join(' '), width),
    [`Options:`, ...columns(options.map((option) => [optionName(option), optionSays(option)]))],
    [
      `Examples:`,
      ...examples.flatMap(({ says, line }) => [`  # ${says}`, `  ${line.replace(programName, `${program} `)}`]),
    ],
    [`Exit codes:`, ...columns(exitCodes.map(({ code, says }) => [String(code), says]))],
  ]);
}

/** How a command is called, on one line. */
export function usage(program: string, { name, options, positional }: CommandSpec): string {
  const files = options.some((option) => option.name === 'filename') ? ' -f FILE...' : '';
  const words =
    positional === null ? '' : positional.optional ? ` [${positional.placeholder}]` : ` ${positional.placeholder}`;
  return `${program} ${name}${words}${files} [OPTIONS]`;
}

function optionName({ name, short, value }: OptionSpec): string {
  const dashed = short === undefined ? `    --${name}` : `-${short}, --${name}`;
  if (value === null) return dashed;
  return value.optional === true ? `${dashed} [${value.placeholder}]` : `${dashed} ${value.placeholder}`;
}

function optionSays({ says, value }: OptionSpec): string {
  return value?.fallback === undefined ? says : `${says} Default: ${value.fallback}.`;
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const widest = Math.max(...rows.map(([name]) => (name.length > widestName ? 0 : name.length)));
  return rows.flatMap(([name, says]) => {
    const lines = wrapped(says, width - widest - 4);
    const indented = lines.map((line) => `  ${' '.repeat(widest)}  ${line}`);
    if (name.length > widest) return [`  ${name}`, ...indented];
    return [`  ${name.padEnd(widest)}  ${lines[0] ?? ''}`, ...indented.slice(1)];
  });
}

function wrapped(text: string, room: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

function sections(parts: readonly (string | readonly string[])[]): string {
  return `${parts.map((part) => (typeof part === 'string' ? part : part.join('\n'))).join('\n\n')}\n`;
}
