/** A part of the image and its bytes, as they travel and as they lie. */
export interface Size {
  readonly name: string;
  readonly compressed: number;
  readonly unpacked: number;
}

/** A table of the parts and their sum, in megabytes (10^6 bytes, as registries count). */
export function renderSizes(sizes: readonly Size[]): string {
  const total = {
    name: 'total',
    compressed: sum(sizes.map(({ compressed }) => compressed)),
    unpacked: sum(sizes.map(({ unpacked }) => unpacked)),
  };
  const rows = [...sizes, total].map((row) => [row.name, megabytes(row.compressed), megabytes(row.unpacked)] as const);
  const table = [['layer', 'compressed', 'unpacked'] as const, ...rows];
  const width = Math.max(...table.map(([name]) => name.length));
  return table
    .map(
      ([name, compressed, unpacked]) => `${name.padEnd(width)}  ${compressed.padStart(10)}  ${unpacked.padStart(10)}`,
    )
    .join('\n');
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((before, each) => before + each, 0);
}
