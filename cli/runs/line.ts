import { widthOf } from '../plan/printable.ts';

export type Paint = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** A part of a line, in one colour. Its text is harmless already. */
export interface Piece {
  readonly text: string;
  readonly paint?: Paint | undefined;
}

/** A line of a screen, before it is fitted to it. */
export type Line = readonly Piece[];

export interface Paper {
  /** null: as wide as the lines are. */
  readonly columns: number | null;
  readonly hasColour: boolean;
}

/** By ECMA-48, SGR. */
const sgr: Readonly<Record<Paint, number>> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 };
const escape = '\u001b[';
const ellipsis = '…';

/** The text of a line: cut to the paper's width, and coloured if it takes colours. */
export function lineText(line: Line, { columns, hasColour }: Paper): string {
  const pieces = columns === null ? line : fitted(line, columns);
  return pieces
    .map(({ text, paint }) =>
      hasColour && paint !== undefined && text !== '' ? `${escape}${sgr[paint]}m${text}${escape}0m` : text,
    )
    .join('')
    .trimEnd();
}

/** How far something has come, `width` characters long. No more than all is shown as done, and all only when it is. */
export function bar(done: number, total: number, width: number): string {
  const share = total <= 0 ? 0 : Math.min(1, Math.max(0, done / total));
  const full = Math.floor(share * width);
  return `${'█'.repeat(full)}${'░'.repeat(width - full)}`;
}

/** A line parted where the paper ends: what it says must not be lost. What follows the first is indented. */
export function wrapped(line: Line, columns: number | null, indent: number): Line[] {
  const lines: Piece[][] = [[]];
  let room = columns ?? Infinity;
  // On less, a line of its own for every few characters helps nobody.
  if (room < 2 * indent) return [line];
  for (const { text, paint } of line) {
    let rest = Array.from(text);
    while (rest.length > room) {
      lines.at(-1)?.push({ text: rest.slice(0, room).join(''), paint });
      rest = rest.slice(room);
      lines.push([{ text: ' '.repeat(indent) }]);
      room = (columns ?? Infinity) - indent;
    }
    lines.at(-1)?.push({ text: rest.join(''), paint });
    room -= rest.length;
  }
  return lines;
}

function fitted(line: Line, columns: number): Line {
  const width = line.reduce((sum, { text }) => sum + widthOf(text), 0);
  if (width <= columns) return line;
  const kept: Piece[] = [];
  let room = columns - widthOf(ellipsis);
  for (const piece of line) {
    const characters = Array.from(piece.text);
    kept.push({ ...piece, text: characters.slice(0, Math.max(0, room)).join('') });
    room -= characters.length;
    if (room <= 0) break;
  }
  return [...kept, { text: ellipsis }];
}
