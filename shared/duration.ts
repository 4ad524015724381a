const nanosecondsOf: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  // U+00B5, the micro sign, and U+03BC, the Greek letter.
  '\u00b5s': 1_000n,
  '\u03bcs': 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/** Go keeps a duration in a signed 64-bit count of nanoseconds: 292 years, and one nanosecond more below zero. */
const largest = 2n ** 63n;

interface Read<T> {
  readonly value: T;
  readonly end: number;
}

interface Fraction {
  readonly digits: bigint;
  readonly scale: number;
}

/**
 * Reads a duration as Go's time.ParseDuration does, rounding and overflow included, so that a value means the same here
 * as in Velero: `1h2m3.5s`, `-300ms`, `.5s`, `0`. Source: https://pkg.go.dev/time#ParseDuration and its source text.
 *
 * @returns milliseconds, with what is below a millisecond as a fraction; null where Go reports an error.
 */
export function parseDuration(text: string): number | null {
  const signed = text.startsWith('-') || text.startsWith('+');
  const negative = text.startsWith('-');
  let position = signed ? 1 : 0;
  if (text.slice(position) === '0') return 0;
  if (position === text.length) return null;
  let total = 0n;
  while (position < text.length) {
    const part = readPart(text, position);
    if (part === null) return null;
    total += part.value;
    if (total > largest) return null;
    position = part.end;
  }
  if (!negative && total === largest) return null;
  const ms = Number(total) / 1_000_000;
  return negative && ms !== 0 ? -ms : ms;
}

/** One number with its unit, in nanoseconds. */
function readPart(text: string, start: number): Read<bigint> | null {
  const whole = readInteger(text, start);
  if (whole === null) return null;
  let end = whole.end;
  let hasDigits = end > start;
  let fraction: Fraction = { digits: 0n, scale: 1 };
  if (text[end] === '.') {
    const read = readFraction(text, end + 1);
    hasDigits ||= read.end > end + 1;
    fraction = read.value;
    end = read.end;
  }
  if (!hasDigits) return null;
  const unit = readUnit(text, end);
  if (unit === null || whole.value > largest / unit.value) return null;
  // Go computes the fraction in a float64; a JavaScript number is one too.
  const part = BigInt(Math.trunc(Number(fraction.digits) * (Number(unit.value) / fraction.scale)));
  const value = whole.value * unit.value + part;
  return value > largest ? null : { value, end: unit.end };
}

function readInteger(text: string, start: number): Read<bigint> | null {
  let value = 0n;
  let end = start;
  for (; isDigit(text[end]); end += 1) {
    value = value * 10n + BigInt(text[end] ?? '');
    if (value > largest) return null;
  }
  return { value, end };
}

/** Digits beyond what 63 bits hold are skipped, as Go skips them. */
function readFraction(text: string, start: number): Read<Fraction> {
  let digits = 0n;
  let scale = 1;
  let full = false;
  let end = start;
  for (; isDigit(text[end]); end += 1) {
    full ||= digits > (largest - 1n) / 10n;
    if (full) continue;
    const next = digits * 10n + BigInt(text[end] ?? '');
    if (next > largest) {
      full = true;
      continue;
    }
    digits = next;
    scale *= 10;
  }
  return { value: { digits, scale }, end };
}

function readUnit(text: string, start: number): Read<bigint> | null {
  let end = start;
  while (end < text.length && text[end] !== '.' && !isDigit(text[end])) end += 1;
  const name = text.slice(start, end);
  const value = Object.hasOwn(nanosecondsOf, name) ? nanosecondsOf[name] : undefined;
  return value === undefined ? null : { value, end };
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9';
}
