import { describe, expect, it } from '@jest/globals';
import { productionPackages } from '../../../../image/build/packages.ts';

const lock = {
  packages: {
    '': {},
    'node_modules/pino': { version: '10.4.0' },
    'node_modules/@fastify/error': { version: '4.2.0', dev: false },
    'node_modules/fastify/node_modules/pino': { version: '9.0.0' },
    'node_modules/supports-color': { version: '7.2.0', dev: true },
  },
};

describe('productionPackages', () => {
  it('names packages by the last folder of theirs, with the versions of the lock', () => {
    const folders = [
      'node_modules/pino',
      'node_modules/@fastify/error',
      'node_modules/fastify/node_modules/pino',
    ] as const;
    expect(productionPackages(folders, lock)).toEqual([
      { folder: folders[0], name: 'pino', version: '10.4.0' },
      { folder: folders[1], name: '@fastify/error', version: '4.2.0' },
      { folder: folders[2], name: 'pino', version: '9.0.0' },
    ]);
  });

  it.each(['node_modules/supports-color', 'node_modules/unheard-of'])('throws on %s', (folder) => {
    expect(() => productionPackages([folder], lock)).toThrow(
      `the bundle holds what is no production dependency: ${folder}`,
    );
  });
});
