const ellipsis = '…';
/** ASCII that stands for itself. */
const plain = /^[ !#-[\]-~]*$/;

/**
 * A value as it may stand in a warning: within double quotes, on one line, cut to `room` characters, quotes and ellipsis
 * included. The API server drops a warning with a control character in it, so these are escaped, and never cut in two.
 * Source: NewWarningHeader in k8s.io/apimachinery/pkg/util/net.
 */
export function quote(value: string, room: number): string {
  return `"${shorten(value, room - 2)}"`;
}

/** The same without quotes, for an annotation key, which may hold anything until the API server validates the pod. */
export function shorten(value: string, room: number): string {
  if (value.length <= room && plain.test(value)) return value;
  let shown = '';
  // As long as nothing was left out, the text may still turn out to fit without an ellipsis.
  let lastCut = '';
  for (const character of value) {
    const escaped = escape(character);
    if (shown.length + escaped.length > room) return `${lastCut}${ellipsis}`;
    shown += escaped;
    if (shown.length <= room - ellipsis.length) lastCut = shown;
  }
  return shown;
}

function escape(character: string): string {
  if (character === '"' || character === '\\') return `\\${character}`;
  // Cc, the line and paragraph separators, what turns the direction of writing, and halves of a surrogate pair.
  if (!/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(character)) return character;
  const code = character.charCodeAt(0);
  return code < 0x20 ? JSON.stringify(character).slice(1, -1) : `\\u${code.toString(16).padStart(4, '0')}`;
}
