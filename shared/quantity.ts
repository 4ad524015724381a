const powers: Readonly<Record<string, bigint>> = {
  n: 1n,
  u: 10n ** 3n,
  m: 10n ** 6n,
  '': 10n ** 9n,
  k: 10n ** 12n,
  M: 10n ** 15n,
  G: 10n ** 18n,
  T: 10n ** 21n,
  P: 10n ** 24n,
  E: 10n ** 27n,
  Ki: 10n ** 9n * 2n ** 10n,
  Mi: 10n ** 9n * 2n ** 20n,
  Gi: 10n ** 9n * 2n ** 30n,
  Ti: 10n ** 9n * 2n ** 40n,
  Pi: 10n ** 9n * 2n ** 50n,
  Ei: 10n ** 9n * 2n ** 60n,
};

const form = /^\+?(?<whole>\d*)(?:\.(?<fraction>\d*))?(?<suffix>[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/;
/** Kubernetes caps what is larger, and rounds what is finer than a billionth; nobody means either. */
const longest = 40;
const largestExponent = 18;

/**
 * Reads an amount of a resource, which must not be negative. Source: the grammar of Quantity in the Kubernetes API reference.
 *
 * @returns billionths of the unit, rounded up; null if it is none
 */
export function parseQuantity(text: string): bigint | null {
  if (text.length > longest) return null;
  const { whole = '', fraction = '', suffix = '' } = form.exec(text)?.groups ?? {};
  if (whole + fraction === '') return null;
  const exponent = /^[eE]([+-]?\d+)$/.exec(suffix)?.[1];
  if (exponent !== undefined && Math.abs(Number(exponent)) > largestExponent) return null;
  const power = powers[exponent === undefined ? suffix : ''] ?? 0n;
  const shift = Number(exponent ?? 0) - fraction.length;
  const digits = BigInt(whole + fraction) * power;
  if (shift >= 0) return digits * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  return (digits + divisor - 1n) / divisor;
}

/** Billionths in one. */
export const oneUnit = 10n ** 9n;
