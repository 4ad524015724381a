/** Smaller bodies are read whatever they hold: they take a few milliseconds at most. */
const unweighedBytes = 131_072;
/** Ten times those of the largest pod that was met. Each name that is new takes a microsecond. */
const mostFields = 65_536;
const mostElements = 262_144;
/** An API server takes no object that nests deeper than 10,000; a pod's own schema ends at about 15. */
const deepest = 512;

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const comma = 0x2c;
const [openingList, openingMap, closingList, closingMap] = [0x5b, 0x7b, 0x5d, 0x7d] as const;

/**
 * Why a body of JSON is not to be parsed, as the end of a sentence about it: parsing is one turn of the event loop, and takes a second
 * for what is built to take long. null: it may be.
 */
export function bodyMisshape(body: Buffer): string | null {
  if (body.length <= unweighedBytes) return null;
  let fields = 0;
  let elements = 0;
  let depth = 0;
  for (let at = 0; at < body.length; at += 1) {
    switch (body[at] ?? 0) {
      case quote:
        at = endOfText(body, at);
        break;
      case colon:
        fields += 1;
        if (fields > mostFields) return `has more than ${mostFields} fields`;
        break;
      case comma:
        elements += 1;
        if (elements > mostElements) return `has more than ${mostElements} elements`;
        break;
      case openingList:
      case openingMap:
        depth += 1;
        if (depth > deepest) return `nests deeper than ${deepest} levels`;
        break;
      case closingList:
      case closingMap:
        depth -= 1;
        break;
    }
  }
  return null;
}

/** The index of the quote that ends the text which begins at `start`; the body's end if none does. */
function endOfText(body: Buffer, start: number): number {
  for (let at = start + 1; at < body.length; at += 1) {
    const byte = body[at];
    if (byte === quote) return at;
    if (byte === backslash) at += 1;
  }
  return body.length;
}
