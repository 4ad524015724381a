/** What stands in the place of what was taken out. */
export const redacted = '[redacted]';

/** A text without what is not to be told. */
export type Redact = (text: string) => string;

export type PatternsReading =
  { readonly ok: true; readonly patterns: readonly RegExp[] } | { readonly ok: false; readonly problem: string };

/**
 * Reads patterns of secrets: one JavaScript regular expression on each line, without slashes. They are an operator's own and
 * trusted to be meant; one that could not be meant is refused, with its line named and not shown.
 */
export function readPatterns(text: string): PatternsReading {
  const patterns: RegExp[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const pattern = compile(line);
    if (pattern === null) return { ok: false, problem: `line ${index + 1} is no regular expression` };
    if (pattern.test('')) return { ok: false, problem: `line ${index + 1} matches the empty text` };
    patterns.push(pattern);
  }
  return { ok: true, patterns };
}

/** The text with each match of each pattern replaced, in their order. How long that takes is the patterns' own affair. */
export function redactAll(patterns: readonly RegExp[], text: string): string {
  // A match of nothing, between two words for one, is nothing that could be taken out.
  return patterns.reduce((rest, pattern) => rest.replace(pattern, (match) => (match === '' ? '' : redacted)), text);
}

function compile(line: string): RegExp | null {
  try {
    return new RegExp(line, 'gmu');
  } catch {
    return null;
  }
}
