import type { Json } from '../shared/yaml-value.ts';

/** A JSON document in a text. */
export interface JsonChunk {
  readonly start: number;
  readonly value: Json;
  /** As deep as its brackets. */
  readonly depth: number;
  /** As long as what stands there, with blanks for tabs between its parts, so that it is YAML too. */
  readonly source: string;
}

/**
 * Takes the JSON documents off the front of a text, however they follow one another: YAML, of which each is a part, wants a
 * marker between two, and takes a hundred times as long.
 *
 * @returns the documents, and where that begins which is no JSON
 */
export function splitJson(text: string): { readonly chunks: readonly JsonChunk[]; readonly rest: number } {
  const chunks: JsonChunk[] = [];
  let at = afterBlanks(text, text.startsWith('\uFEFF') ? 1 : 0);
  while (opens(text, at)) {
    const { end, depth } = endOfBrackets(text, at);
    const source = text.slice(at, end);
    const value = parseJson(source);
    const next = afterBlanks(text, end);
    // In YAML, `{a: b}: c` is one document.
    const isWhole = next === text.length || opens(text, next) || /^(?:---|\.\.\.|#)/.test(text.slice(next, next + 3));
    if (value === undefined || !isWhole) break;
    // A raw tab within a string would be no JSON.
    chunks.push({ start: at, value, depth, source: source.replaceAll('\t', ' ') });
    at = next;
  }
  return { chunks, rest: chunks.length === 0 ? 0 : at };
}

function parseJson(source: string): Json | undefined {
  try {
    return JSON.parse(source) as Json;
  } catch {
    // It may be YAML all the same, whose parser says where it is not.
    return undefined;
  }
}

function opens(text: string, at: number): boolean {
  return text[at] === '{' || text[at] === '[';
}

const blanks = /[ \t\r\n]*/y;

function afterBlanks(text: string, from: number): number {
  blanks.lastIndex = from;
  blanks.exec(text);
  return blanks.lastIndex;
}

const bracketOrString = /[[\]{}]|"(?:[^"\\]|\\.)*"/gs;

/** The offset after the bracket that closes the one at `from`, or the text's end if none does; and how deep it went. */
function endOfBrackets(text: string, from: number): { readonly end: number; readonly depth: number } {
  let open = 0;
  let depth = 0;
  bracketOrString.lastIndex = from;
  for (let match = bracketOrString.exec(text); match !== null; match = bracketOrString.exec(text)) {
    if (match[0] === '{' || match[0] === '[') open += 1;
    if (match[0] === '}' || match[0] === ']') open -= 1;
    depth = Math.max(depth, open);
    if (open === 0) return { end: bracketOrString.lastIndex, depth };
  }
  return { end: text.length, depth };
}
