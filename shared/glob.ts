/**
 * Shell globs as Velero takes them for names of namespaces (its package gobwas/glob, without separators): `*` and `**`, `?`,
 * `[abc]`, `[a-z]`, `[!a]`, `{one,two}`, and `\` before a character that is meant literally.
 */
type Token = { readonly is: 'any' } | { readonly is: 'one'; readonly fits: (character: string) => boolean };

/** Braces multiply: `{a,b}` ten times in a row is a thousand patterns. */
const mostAlternatives = 64;
/** A namespace's name has 63 characters; nothing that is meant takes more than this. */
const longestPattern = 1_024;
/** Of all alternatives together: 64 of 128 characters, which a policy may have. */
const mostCharacters = 8_192;

/** What may stand for something else than itself. */
const specials = '*?[{}\\';

/** Whether the pattern can be read. One that cannot matches nothing, as in Velero. */
export function isGlob(pattern: string): boolean {
  return compile(pattern) !== null;
}

/** Whether the whole text matches, in time bounded by the product of both lengths. Letter case counts. */
export function matchesGlob(pattern: string, text: string): boolean {
  if (pattern === '*') return true;
  // Most rules are for other namespaces, and what stands first is literal in every alternative: one look does for most.
  if (!text.startsWith(pattern.charAt(0)) && !specials.includes(pattern.charAt(0))) return false;
  const special = pattern.search(/[*?[{}\\]/);
  if (special === -1) return pattern === text;
  if (!text.startsWith(pattern.slice(0, special))) return false;
  return (compile(pattern) ?? []).some((tokens) => matches(tokens, text));
}

function compile(pattern: string): Token[][] | null {
  if (pattern.length > longestPattern || hasOpenClass(pattern)) return null;
  const alternatives = expand(pattern);
  if (alternatives === null) return null;
  if (alternatives.reduce((sum, { length }) => sum + length, 0) > mostCharacters) return null;
  const compiled: Token[][] = [];
  for (const alternative of alternatives) {
    const tokens = tokenize(alternative);
    if (tokens === null) return null;
    compiled.push(tokens);
  }
  return compiled;
}

/** Looked for first: what comes later would search for the end of each class again and again. */
function hasOpenClass(pattern: string): boolean {
  for (let at = 0; at < pattern.length; at = next(pattern, at)) {
    if (pattern[at] === '[' && classEnd(pattern, at) === -1) return true;
  }
  return false;
}

/** All patterns without braces that a pattern with braces stands for; null: malformed, or too many. */
function expand(pattern: string): string[] | null {
  const open = findOutside(pattern, 0, '{');
  if (open === -1) return findOutside(pattern, 0, '}') === -1 ? [pattern] : null;
  const parts: string[] = [];
  let depth = 0;
  let start = open + 1;
  for (let at = open; at < pattern.length; at = next(pattern, at)) {
    const character = pattern[at];
    if (character === '{') depth += 1;
    if (character === ',' && depth === 1) {
      parts.push(pattern.slice(start, at));
      start = at + 1;
    }
    if (character !== '}') continue;
    depth -= 1;
    if (depth > 0) continue;
    parts.push(pattern.slice(start, at));
    return expandParts(pattern.slice(0, open), parts, pattern.slice(at + 1));
  }
  return null;
}

function expandParts(before: string, parts: readonly string[], after: string): string[] | null {
  const whole: string[] = [];
  for (const part of parts) {
    const expanded = expand(before + part + after);
    if (expanded === null || whole.length + expanded.length > mostAlternatives) return null;
    whole.push(...expanded);
  }
  return whole;
}

/** The index of a character that is neither escaped nor in brackets; -1: none. */
function findOutside(pattern: string, from: number, wanted: string): number {
  for (let at = from; at < pattern.length; at = next(pattern, at)) if (pattern[at] === wanted) return at;
  return -1;
}

/** The index after what begins at `at`: an escaped character, a class in brackets, or one character. */
function next(pattern: string, at: number): number {
  if (pattern[at] === '\\') return at + 2;
  if (pattern[at] !== '[') return at + 1;
  const end = classEnd(pattern, at);
  return end === -1 ? at + 1 : end + 1;
}

/** The index of the bracket that closes a class; the first character in it may be a bracket itself. */
function classEnd(pattern: string, open: number): number {
  const first = open + (/^[!^]/.test(pattern.slice(open + 1)) ? 2 : 1);
  for (let at = first; at < pattern.length; at += 1) {
    if (pattern[at] === '\\') at += 1;
    else if (pattern[at] === ']' && at > first) return at;
  }
  return -1;
}

function tokenize(pattern: string): Token[] | null {
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length; at = next(pattern, at)) {
    const character = pattern.charAt(at);
    if (character === '*') {
      if (tokens.at(-1)?.is !== 'any') tokens.push({ is: 'any' });
    } else if (character === '?') tokens.push({ is: 'one', fits: () => true });
    else if (character === '[') {
      const fits = readClass(pattern.slice(at + 1, classEnd(pattern, at)));
      if (fits === null) return null;
      tokens.push({ is: 'one', fits });
    } else {
      const literal = character === '\\' ? pattern.charAt(at + 1) : character;
      if (literal === '') return null;
      tokens.push({ is: 'one', fits: (given) => given === literal });
    }
  }
  return tokens;
}

/** null: it has a range that ends before it begins. */
function readClass(inside: string): ((character: string) => boolean) | null {
  const negated = /^[!^]/.test(inside);
  const members = [...(negated ? inside.slice(1) : inside).matchAll(/(?:\\(.)|([^\\]))(?:-(?:\\(.)|([^\\\]])))?/gsu)];
  const ranges = members.map(([, escaped, plain, escapedTo, plainTo]) => {
    const from = escaped ?? plain ?? '';
    return { from, to: escapedTo ?? plainTo ?? from };
  });
  if (ranges.some(({ from, to }) => from > to)) return null;
  return (character) => ranges.some(({ from, to }) => from <= character && character <= to) !== negated;
}

/** Goes back to the last `*` alone, which is enough: what an earlier one could take, the last one can take too. */
function matches(tokens: readonly Token[], text: string): boolean {
  let position = 0;
  let index = 0;
  let star = -1;
  let starPosition = 0;
  while (position < text.length) {
    const token = tokens[index];
    if (token?.is === 'any') {
      star = index;
      starPosition = position;
      index += 1;
    } else if (token?.is === 'one' && token.fits(text.charAt(position))) {
      index += 1;
      position += 1;
    } else if (star === -1) return false;
    else {
      starPosition += 1;
      position = starPosition;
      index = star + 1;
    }
  }
  return tokens.slice(index).every(({ is }) => is === 'any');
}
