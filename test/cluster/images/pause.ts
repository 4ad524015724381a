import { join } from 'node:path';
import { goEnv, requireGo } from '../binaries/build.ts';
import { run } from '../command.ts';
import type { Recipe } from './recipe.ts';

const source = join(import.meta.dirname, 'pause', 'main.go');

/** The container every pod has before its own: the sandbox image of containerd. */
export const pause: Recipe = {
  name: 'pause',
  references: ['docker.io/library/pause:latest'],
  sources: [import.meta.filename, source],
  config: { User: '65535:65535', Entrypoint: ['/pause'] },
  async build(rootfs) {
    await requireGo();
    await run('go', ['build', '-trimpath', '-ldflags', '-s -w', '-o', join(rootfs, 'pause'), source], { env: goEnv });
  },
};
