#!/usr/bin/env node
import { basename } from 'node:path';
import { exitCodes, type Console, type Terminal } from './console.ts';
import { printable } from './plan/printable.ts';
import { runCommandLine } from './run.ts';

/** By the rules of kubectl, a file of this name is a plugin, called as `kubectl restore-hooks`. */
const pluginName = 'kubectl-restore_hooks';
/** And one of this name completes it. */
const pluginCompletionName = 'kubectl_complete-restore_hooks';

const [, script = '', ...given] = process.argv;
const calledAs = basename(script).replace(/\.(?:js|ts)$/, '');
const words = calledAs === pluginCompletionName ? ['__complete', ...given] : given;

const console: Console = {
  program: calledAs === pluginName ? 'kubectl restore-hooks' : 'restore-hooks',
  get stdin() {
    return process.stdin;
  },
  out: (text) => {
    process.stdout.write(text);
  },
  complain: (sentence) => {
    process.stderr.write(`${printable(sentence)}\n`);
  },
  terminal: terminalOf(process.stdout),
};

/** Whoever reads may have seen enough (`| head`): that is no failure of ours. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    process.exitCode = exitCodes.failed;
    if (stream !== process.stderr) console.complain(`the output could not be written: ${error.message}`);
  });
}

process.exitCode = await runCommandLine(words, console);

function terminalOf(stream: NodeJS.WriteStream): Terminal | null {
  // Its type leaves out what it is if it is no terminal. A dumb one cannot move its cursor.
  if (!(stream as { readonly isTTY?: boolean }).isTTY || process.env.TERM === 'dumb') return null;
  return {
    // A terminal that does not know its size says 0.
    get columns() {
      return stream.columns > 0 ? stream.columns : 80;
    },
    get rows() {
      return stream.rows > 0 ? stream.rows : 24;
    },
    // https://no-color.org: set, to whatever but the empty text.
    hasColour: (process.env.NO_COLOR ?? '') === '',
  };
}
