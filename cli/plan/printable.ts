const ellipsis = '…';

/** A text on one line of a terminal: what would move its cursor, or turn the direction of writing, is escaped. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x20 ? JSON.stringify(character).slice(1, -1) : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** The same, cut to `room` characters. */
export function cut(text: string, room: number): string {
  const beginning = Array.from(text.slice(0, 2 * room + 2)).slice(0, room + 1);
  const shown = Array.from(printable(beginning.join('')));
  if (beginning.length <= room && shown.length <= room) return shown.join('');
  return `${shown.slice(0, room - ellipsis.length).join('')}${ellipsis}`;
}

/** How many columns of a terminal a text takes, as far as each of its characters takes one. */
export function widthOf(text: string): number {
  return Array.from(text).length;
}

/** The words of a command as they would be typed into a shell, cut to `room` characters. */
export function commandLine(words: readonly string[], room: number): string {
  return cut(words.map(quoted).join(' '), room);
}

function quoted(word: string): string {
  if (/^[\w./:=@%+,-]+$/.test(word)) return word;
  if (!word.includes("'")) return `'${word}'`;
  return /["$`\\!]/.test(word) ? `'${word.replaceAll("'", `'\\''`)}'` : `"${word}"`;
}

/** Milliseconds as Go writes them: 1h, 1m30s, 250ms. */
export function duration(ms: number): string {
  const parts = [
    { unit: 'h', value: Math.floor(ms / 3_600_000) },
    { unit: 'm', value: Math.floor(ms / 60_000) % 60 },
    { unit: 's', value: Math.floor(ms / 1_000) % 60 },
    { unit: 'ms', value: ms % 1_000 },
  ];
  const shown = parts.filter(({ value }) => value !== 0);
  return shown.length === 0 ? '0s' : shown.map(({ unit, value }) => `${value}${unit}`).join('');
}
