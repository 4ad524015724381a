/** Where long work says what it is doing. */
export interface Progress {
  /** Begins a step of unknown length. Its clock starts here; the step before it, if any, is over. */
  step(text: string): void;
  /** How far the step is, in units of work of any kind; `what` names the piece at hand. May be called at any rate. */
  bar(done: number, total: number, what: string): void;
  /** Ends the step with a line that stays. */
  done(text: string): void;
}

/** A Progress that draws, and has to be closed so that whatever is printed next begins on a line of its own. */
export interface ProgressLine extends Progress, Disposable {}

/** What one drawing of the progress line knows. `done` and `total` are null for a step of unknown length. */
export interface Drawing {
  readonly text: string;
  readonly what: string;
  readonly done: number | null;
  readonly total: number | null;
  readonly elapsedMs: number;
}

const BAR_WIDTH = 24;
/** Below this share the rate is mostly start-up, and a time left made of it would jump about. */
const FIRST_ESTIMATE_SHARE = 0.02;
const REDRAW_MS = 100;
/** A log file needs a sign of life, not a film. */
const PLAIN_LINE_MS = 10_000;
/** A step that never reports still shows its seconds go by. */
const TICK_MS = 1_000;

/** The line for one moment of a step: bar, percent and time left where the length is known, else the time it has taken. */
export function renderProgress(drawing: Drawing): string {
  const { text, what, done, total, elapsedMs } = drawing;
  const piece = what === '' ? '' : `  ${what}`;
  if (done === null || total === null || total <= 0) {
    return elapsedMs < TICK_MS ? `${text}${piece}` : `${text} (${formatDuration(elapsedMs)})${piece}`;
  }
  const share = Math.min(Math.max(done / total, 0), 1);
  const filled = Math.floor(share * BAR_WIDTH);
  const bar = '#'.repeat(filled) + '-'.repeat(BAR_WIDTH - filled);
  const percent = String(Math.floor(share * 100)).padStart(3);
  return `${text} [${bar}] ${percent} %, ${timeLeft(share, elapsedMs)}${piece}`;
}

/** A time to the second, as people write it: `7 s`, `2 min 05 s`, `1 h 01 min`. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** The part of a stream the line is drawn on; process.stderr is one. */
export interface Screen {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/**
 * Draws the steps reported to it: on a terminal a single line drawn again and again, elsewhere (a CI log) a plain line
 * at the beginning, at most every 10 s, and at the end.
 */
export function openProgress(screen: Screen, now: () => number = () => performance.now()): ProgressLine {
  const terminal = screen.isTTY === true;
  let drawing: Omit<Drawing, 'elapsedMs'> | null = null;
  let startedAt = 0;
  let drawnAt = 0;
  let tick: NodeJS.Timeout | undefined;

  function draw(everyMs: number): void {
    const time = now();
    if (drawing === null || time - drawnAt < everyMs) return;
    drawnAt = time;
    const line = renderProgress({ ...drawing, elapsedMs: time - startedAt });
    // One column stays free: a full line would wrap, and \r would then only reach its second half.
    screen.write(terminal ? `\r\x1b[K${line.slice(0, (screen.columns ?? 80) - 1)}` : `${line}\n`);
  }
  function leave(): void {
    clearInterval(tick);
    if (drawing !== null && terminal) screen.write('\r\x1b[K');
    drawing = null;
  }
  const paceMs = terminal ? REDRAW_MS : PLAIN_LINE_MS;

  return {
    step(text) {
      leave();
      drawing = { text, what: '', done: null, total: null };
      startedAt = now();
      draw(Number.NEGATIVE_INFINITY);
      tick = setInterval(() => draw(paceMs), TICK_MS).unref();
    },
    bar(done, total, what) {
      if (drawing === null) return;
      drawing = { text: drawing.text, what, done, total };
      draw(paceMs);
    },
    done(text) {
      leave();
      screen.write(`${text}\n`);
    },
    [Symbol.dispose]: leave,
  };
}

/** A Progress that says nothing, for callers that wait in silence. */
export const silent: Progress = {
  step: () => undefined,
  bar: () => undefined,
  done: () => undefined,
};

function timeLeft(share: number, elapsedMs: number): string {
  if (share >= 1) return `took ${formatDuration(elapsedMs)}`;
  if (share < FIRST_ESTIMATE_SHARE) return 'time left not known yet';
  return `${formatDuration((elapsedMs / share) * (1 - share))} left`;
}
