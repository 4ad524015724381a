import { describe, expect, it } from '@jest/globals';
import { parseLdd } from '../../../../image/build/libraries.ts';

describe('parseLdd', () => {
  it("takes the libraries and the loader, and leaves the kernel's own", () => {
    const text = `\tlinux-vdso.so.1 (0x00007f5a8f041000)
\tlibm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007f5a8ed20000)
\tlibstdc++.so.6 => /lib/x86_64-linux-gnu/libstdc++.so.6 (0x00007f5a8ee00000)
\t/lib64/ld-linux-x86-64.so.2 (0x00007f5a8f043000)
`;
    expect(parseLdd(text)).toEqual([
      '/lib/x86_64-linux-gnu/libm.so.6',
      '/lib/x86_64-linux-gnu/libstdc++.so.6',
      '/lib64/ld-linux-x86-64.so.2',
    ]);
  });

  it.each([
    { text: '\tlibatomic.so.1 => not found\n', error: 'a library is missing on this machine: libatomic.so.1' },
    { text: '\tnot a dynamic executable\n', error: 'ldd says what is not understood here: not a dynamic executable' },
  ])('throws on $text', ({ text, error }) => {
    expect(() => parseLdd(text)).toThrow(error);
  });
});
