const offsetBasis = 0x811c9dc5;
const prime = 0x01000193;

/**
 * A hash of 8 hex digits, the same for the same text on every machine: FNV-1a over UTF-16 code units, low byte first. It
 * tells names apart, and keeps nothing secret. Source: http://www.isthe.com/chongo/tech/comp/fnv/
 */
export function shortHash(text: string): string {
  let hash = offsetBasis;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    hash = Math.imul(hash ^ (unit & 0xff), prime);
    hash = Math.imul(hash ^ (unit >>> 8), prime);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
