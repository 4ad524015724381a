import { exitCodes, type Console, type ExitCode } from './console.ts';
import { complete, renderCompletion } from './program/complete.ts';
import { completionScript, isShell } from './program/completion-scripts.ts';
import { commands, type CommandName } from './program/commands.ts';
import { commandHelp, programHelp } from './program/help.ts';
import type { CommandSpec } from './program/option.ts';
import { parseCommandLine, type CommandLine } from './program/parse.ts';
import { version } from './version.ts';

/** What completion scripts call. No help shows it. */
const completeCommand = '__complete';

/** Runs one command line, without the program's name, to its exit code. */
export async function runCommandLine(words: readonly string[], console: Console): Promise<ExitCode> {
  if (words[0] === completeCommand) {
    console.out(renderCompletion(complete(words.slice(1))));
    return exitCodes.done;
  }
  const line = parseCommandLine(words);
  switch (line.is) {
    case 'help':
      console.out(line.command === null ? programHelp(console.program) : commandHelp(console.program, line.command));
      return exitCodes.done;
    case 'version':
      console.out(`${version}\n`);
      return exitCodes.done;
    case 'wrong':
      return complainOf(line.message, line.command, console);
    case 'command': {
      const outcome = await runCommand(line, console);
      return typeof outcome === 'number' ? outcome : complainOf(outcome.wrong, line.command, console);
    }
  }
}

/** Each command is loaded alone: `plan` does not wait for what `lint` needs. */
async function runCommand(
  { command, options, positional }: Extract<CommandLine, { is: 'command' }>,
  console: Console,
): Promise<ExitCode | { readonly wrong: string }> {
  const name: CommandName = command.name;
  switch (name) {
    case 'plan': {
      const { runPlan } = await import('./plan/run-plan.ts');
      return await runPlan(options, console);
    }
    case 'lint': {
      const { runLint } = await import('./lint/run-lint.ts');
      return await runLint(options, console);
    }
    case 'status': {
      const { runStatus } = await import('./runs/run-status.ts');
      return await runStatus(options, positional, console);
    }
    case 'wait': {
      const { runWait } = await import('./runs/run-wait.ts');
      return await runWait(options, positional, console);
    }
    case 'logs': {
      const { runLogs } = await import('./runs/run-logs.ts');
      return await runLogs(options, positional, console);
    }
    case 'rerun':
    case 'cancel': {
      const { runRequest } = await import('./runs/run-request.ts');
      return await runRequest(name, options, positional, console);
    }
    case 'completion':
      if (isShell(positional)) console.out(completionScript(positional));
      return exitCodes.done;
    case 'help': {
      const about = commands.find((each) => each.name === positional);
      console.out(about === undefined ? programHelp(console.program) : commandHelp(console.program, about));
      return exitCodes.done;
    }
  }
}

function complainOf(message: string, command: CommandSpec | null, { program, complain }: Console): ExitCode {
  const subject = command === null ? program : `${program} ${command.name}`;
  complain(`${subject}: ${message}`);
  complain(`Try "${subject} --help".`);
  return command?.wrongCode ?? exitCodes.usage;
}
