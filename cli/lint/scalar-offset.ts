/** A character as it stands in a scalar's source, or an escape, and what it means. */
interface Unit {
  readonly offset: number;
  readonly means: string;
}

const escapes = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|(\r\n|[^]))/y;
/** Of the one-letter escapes those that mean something else than white space, nothing, or themselves. */
const letters: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
};
const whiteLetters = 'tnvfr';

/** From an offset into a value to one into its source; null: the source means another value. */
export type SourceMap = (at: number) => number | null;

/**
 * Tells where the characters of a YAML scalar's value stand in its source; for white space it is the next character that is
 * none, or else the last one. Folding, indentation and line ends change white space alone, so the characters between are
 * counted; this holds for every style that a scalar can have.
 *
 * @param source from the scalar's first character (its quote or its `|`) to its last
 */
export function mapScalar(source: string, value: string): SourceMap {
  const inkAt = Array.from(value.matchAll(ink), ({ index }) => index);
  const offsets: number[] = [];
  for (const { offset, means } of unitsOf(source)) {
    for (const [character] of means.matchAll(ink)) {
      if (value[inkAt[offsets.length] ?? -1] !== character) return () => null;
      offsets.push(offset);
    }
  }
  return (at) => offsets[firstFrom(inkAt, at)] ?? offsets.at(-1) ?? null;
}

/** A unit of UTF-16, of which an escape can mean two. */
const ink = /[^ \t\r\n\v\f]/g;

/** The index of the first element that is at least `least`, among ascending ones. */
function firstFrom(ascending: readonly number[], least: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((ascending[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

function* unitsOf(source: string): Generator<Unit> {
  const first = source.charAt(0);
  if (first === '"') yield* doubleQuoted(source);
  else if (first === "'") yield* singleQuoted(source);
  else {
    const isBlock = first === '|' || first === '>';
    const start = isBlock ? source.indexOf('\n') + 1 : 0;
    for (let offset = start; offset < source.length; offset += 1) yield { offset, means: source.charAt(offset) };
  }
}

function* singleQuoted(source: string): Generator<Unit> {
  for (let offset = 1; offset < source.length - 1; offset += 1) {
    yield { offset, means: source.charAt(offset) };
    if (source.charAt(offset) === "'") offset += 1;
  }
}

function* doubleQuoted(source: string): Generator<Unit> {
  for (let offset = 1; offset < source.length - 1;) {
    escapes.lastIndex = offset;
    const escape = escapes.exec(source);
    if (escape === null) {
      yield { offset, means: source.charAt(offset) };
      offset += 1;
      continue;
    }
    yield { offset, means: meaningOf(escape) };
    offset += escape[0].length;
  }
}

function meaningOf([, two, four, eight, letter = '']: RegExpExecArray): string {
  const hex = two ?? four ?? eight;
  if (hex === undefined) return whiteLetters.includes(letter) ? ' ' : (letters[letter] ?? letter);
  const code = Number.parseInt(hex, 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : '';
}
