const escape = '\u001b[';
/** A line that is too wide all the same (a wide character) must not become two: the next drawing would begin too low. */
const withoutWrap = `${escape}?7l`;
const withWrap = `${escape}?7h`;
const clearLine = `${escape}K`;
const clearBelow = `${escape}J`;

/** A part of a terminal, from where its cursor is downwards. */
export interface Screen {
  /** Draws lines in place of those drawn before. They must fit the terminal, but for those of the last drawing. */
  draw(lines: readonly string[]): void;
}

/** Each drawing is one write, and leaves the cursor below it: whoever interrupts the program finds a whole terminal. */
export function openScreen(out: (text: string) => void): Screen {
  let height = 0;
  return {
    draw(lines) {
      const up = height === 0 ? '' : `${escape}${height}A`;
      const body = lines.map((line) => `${line}${clearLine}\n`).join('');
      out(`${up}${withoutWrap}${body}${clearBelow}${withWrap}`);
      height = lines.length;
    },
  };
}
