import { describe, expect, it } from '@jest/globals';
import { withSection } from '../../bench/page.ts';

const page = '# Benchmarks\n\nWords.\n\n## One\n\n### Aims\n\nold\n\n## Two\n\ntwo\n';

describe('the page of benchmarks', () => {
  it.each([
    ['in the place of', '## One\n\nnew\n', '# Benchmarks\n\nWords.\n\n## One\n\nnew\n\n## Two\n\ntwo\n'],
    [
      'in the place of the last of',
      '## Two\n\nnew',
      '# Benchmarks\n\nWords.\n\n## One\n\n### Aims\n\nold\n\n## Two\n\nnew\n',
    ],
    ['after', '## Three\n\nthree\n', `${page}\n## Three\n\nthree\n`],
  ])('gets a section %s those it has', (_, section, whole) => {
    expect(withSection(page, section)).toBe(whole);
  });
});
