import { quote } from '../../shared/quote.ts';
import type { Path } from '../plan/check.ts';
import type { ObjectFlaw } from '../plan/objects.ts';

const longestKey = 80;

/** The sentence about a part of an object for which the API server would refuse it. */
export function flawSays({ object, path, says }: ObjectFlaw): string {
  const sentence = [object, pathText(path), says].filter((part) => part !== '').join(' ');
  const isAnnotation = ['annotations', 'labels'].includes(String(path.at(-2)));
  return isAnnotation ? `${sentence}: ${adviceFor(says)}` : sentence;
}

function adviceFor(says: string): string {
  return /is a (list|map)/.test(says) ? 'make it a text, with a | after the key' : 'put it in quotes';
}

function pathText(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    if (!/^[\w-]+$/.test(part)) return `${text}[${quote(part, longestKey)}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}
