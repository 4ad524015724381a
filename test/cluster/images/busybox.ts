import { chmod, copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../command.ts';
import type { Recipe } from './recipe.ts';

/** Of Debian's busybox-static. */
const program = '/bin/busybox';

/** A shell and its usual tools; also answers to alpine, which the examples ask for and whose shell is busybox too. */
export const busybox: Recipe = {
  name: 'busybox',
  references: ['busybox:latest', 'busybox:1.35', 'busybox:stable', 'alpine:latest'].map(
    (name) => `docker.io/library/${name}`,
  ),
  sources: [import.meta.filename, program],
  config: { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'], Cmd: ['sh'] },
  async build(rootfs) {
    const within = (...path: string[]): string => join(rootfs, ...path);
    for (const folder of ['bin', 'dev', 'etc', 'home', 'proc', 'root', 'run', 'sys', 'tmp', 'usr/local', 'var']) {
      await mkdir(within(folder), { recursive: true });
    }
    await chmod(within('tmp'), 0o1777);
    await chmod(within('root'), 0o700);
    await symlink('../tmp', within('var/tmp'));
    await copyFile(program, within('bin/busybox'));
    await chmod(within('bin/busybox'), 0o755);
    for (const applet of (await run(program, ['--list'])).split('\n')) {
      if (applet !== 'busybox') await symlink('busybox', within('bin', applet));
    }
    // Scripts ask for /usr/bin/env and /sbin/ip by their full names.
    await symlink('../bin', within('usr/bin'));
    await symlink('../bin', within('usr/sbin'));
    await symlink('bin', within('sbin'));
    await writeFile(
      within('etc/passwd'),
      'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n',
    );
    await writeFile(within('etc/group'), 'root:x:0:\nnogroup:x:65534:\n');
  },
};
