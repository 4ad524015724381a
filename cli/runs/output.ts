import type { OutputTail } from '../../shared/outcome.ts';
import { printable } from '../plan/printable.ts';

/** As most terminals have it. */
const tabWidth = 8;

/** The lines of what a command printed, each harmless to a terminal. A carriage return overwrites the line, as it would there. */
export function outputLines(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => printable(withoutTabs(afterReturn(line))));
}

/** The last of them, without the empty ones at the end. */
export function lastLines(output: OutputTail | null | undefined, most: number): string[] {
  return output == null ? [] : outputLines(output.text.trimEnd()).slice(-most);
}

/** `120 bytes` */
export function bytesText(bytes: number): string {
  return bytes === 1 ? '1 byte' : `${bytes} bytes`;
}

function afterReturn(line: string): string {
  return line.replace(/\r+$/, '').replace(/^[^]*\r/, '');
}

function withoutTabs(line: string): string {
  let column = 0;
  return line.replace(/\t|[^\t]+/g, (part) => {
    const text = part === '\t' ? ' '.repeat(tabWidth - (column % tabWidth)) : part;
    column += text.length;
    return text;
  });
}
