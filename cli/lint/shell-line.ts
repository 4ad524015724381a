import { quote } from '../../shared/quote.ts';
import { trimSpace } from '../../shared/trim.ts';

/** What separates words for a shell, or means something else to it than itself. */
const shellCharacter = /[\s|&;<>`$]/;
/** What the kubelet fills in, in the command of a container, without a shell. */
const kubeletVariable = /\$\([-._a-zA-Z][-._a-zA-Z0-9]*\)/g;
const plainWords = /^[-\w./:=@%+,]+(?:\s+[-\w./:=@%+,]+)*$/;

const longestShown = 60;

/**
 * Whether a command that is written as a text, and is thus one argument, was meant for a shell. A program whose path does have
 * such a character can be written as an array, which nobody mistakes.
 */
export function isShellLine(text: string, of: 'init' | 'exec'): boolean {
  if (trimSpace(text).startsWith('[')) return false;
  return shellCharacter.test(of === 'init' ? text.replace(kubeletVariable, '') : text);
}

/** The end of the sentence about such a command: what to write instead. */
export function shellLineSays(text: string): string {
  const line = trimSpace(text);
  const isShort = line.length <= longestShown && !/\p{C}/u.test(line);
  const array = isShort && plainWords.test(line) ? line.split(/\s+/) : ['/bin/sh', '-c', isShort ? line : '…'];
  const written = `[${array.map((word) => JSON.stringify(word)).join(', ')}]`;
  return `${quote(text, longestShown)} is one argv element: no shell will split it; write ${written}`;
}
