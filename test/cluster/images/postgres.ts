import { chmod, chown, copyFile, glob, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../command.ts';
import type { Recipe } from './recipe.ts';

const entrypoint = join(import.meta.dirname, 'postgres', 'entrypoint.sh');
const osRelease = '/etc/os-release';
/** The user of the official image, so that its security contexts (fsGroup: 999) fit this one. */
const UID = 999;

/**
 * A real PostgreSQL that is used like the official image. It is Debian's, so its version is that of the machine's release:
 * 15 on Debian 12.
 */
export const postgres: Recipe = {
  name: 'postgres',
  references: ['docker.io/library/postgres:15', 'docker.io/library/postgres:latest'],
  sources: [import.meta.filename, entrypoint, osRelease],
  config: {
    User: `${UID}:${UID}`,
    Env: [
      // Debian's psql is a Perl script that looks for clusters in /etc; the programs themselves come first.
      'PATH=/usr/lib/postgresql/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'LANG=C.UTF-8',
      'PGDATA=/var/lib/postgresql/data',
    ],
    Entrypoint: ['docker-entrypoint.sh'],
    Cmd: ['postgres'],
    ExposedPorts: { '5432/tcp': {} },
    // The official image's: "fast" shutdown, which does not wait for the clients to go.
    StopSignal: 'SIGINT',
  },
  async build(rootfs, progress) {
    await installDebian(rootfs, (what) => progress.bar(0, 0, what));
    await arrange(rootfs);
  },
};

async function installDebian(rootfs: string, say: (what: string) => void): Promise<void> {
  const passwd = `postgres:x:${UID}:${UID}:PostgreSQL:/var/lib/postgresql:/bin/bash`;
  const args = [
    '--mode=root',
    '--variant=minbase',
    '--include=postgresql',
    '--aptopt=APT::Install-Recommends "false"',
    ...['man', 'locale', 'info', 'doc', 'lintian'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
    // The licences stay with what they are the licences of.
    '--dpkgopt=path-include=/usr/share/doc/*/copyright',
    // Before the packages, which would take the next free number; useradd is not there yet.
    `--essential-hook=echo '${passwd}' >> "$1/etc/passwd"; echo 'postgres:x:${UID}:' >> "$1/etc/group"`,
    await codename(),
    rootfs,
    // What this machine installs from is what it can reach.
    ...(await aptSources()),
  ];
  await run('mmdebstrap', args, {
    env: { LC_ALL: 'C.UTF-8' },
    onLine: (line) => {
      const what = /^I: ([^:]+?)\.*$/.exec(line)?.[1];
      if (what !== undefined) say(what);
    },
  });
}

async function codename(): Promise<string> {
  const name = /^VERSION_CODENAME=(\w+)/m.exec(await readFile(osRelease, 'utf8'))?.[1];
  if (name === undefined) throw new Error(`${osRelease} has no VERSION_CODENAME: this is no Debian release`);
  return name;
}

/** The files that name the release's own archive, not those of other vendors. */
async function aptSources(): Promise<readonly string[]> {
  const parts = '/etc/apt/sources.list.d';
  const files = ['/etc/apt/sources.list', ...(await readdir(parts)).map((name) => join(parts, name))];
  const sources = files.filter((file) => /\.(list|sources)$/.test(file) && existsSync(file));
  const texts = await Promise.all(sources.map(async (file) => ({ file, text: await readFile(file, 'utf8') })));
  const release = await codename();
  const own = new RegExp(`^(Suites:|deb ).*\\b${release}-(updates|security)\\b`, 'm');
  return texts.filter(({ text }) => own.test(text)).map(({ file }) => file);
}

async function arrange(rootfs: string): Promise<void> {
  const within = (...path: string[]): string => join(rootfs, ...path);
  const [major] = await readdir(within('usr/lib/postgresql'));
  if (major === undefined) throw new Error(`mmdebstrap left no PostgreSQL in ${rootfs}`);
  await leaveOut(rootfs, [
    // The just-in-time compiler: half of the image. PostgreSQL does without where it is not installed.
    'usr/lib/*/libLLVM*',
    'usr/lib/*/libz3*',
    `usr/lib/postgresql/${major}/lib/bitcode`,
    `usr/lib/postgresql/${major}/lib/llvmjit*`,
    // The cluster Debian made on the way; the entrypoint makes its own.
    `{etc,var/lib}/postgresql/${major}`,
    // A link to /run, which some runtimes cover with an empty file system; the socket's folder stays beside it.
    'var/run',
    // Sources of locales, device nodes, and what belongs to this machine rather than to the image.
    'usr/share/i18n/*',
    'dev/*',
    'etc/{hostname,resolv.conf}',
    'etc/apt/sources.list.d/*',
    'var/{cache,log}/{apt,debconf,ldconfig,postgresql}/*',
  ]);
  await symlink(`${major}/bin`, within('usr/lib/postgresql/bin'));

  const sample = within('usr/share/postgresql', major, 'postgresql.conf.sample');
  const settings = await readFile(sample, 'utf8');
  // Not by an argument of the server, so that POSTGRES_INITDB_ARGS and a command of the pod's own keep it.
  await writeFile(sample, settings.replace(/^#?listen_addresses = '.*?'/m, "listen_addresses = '*'"));

  await copyFile(entrypoint, within('usr/local/bin/docker-entrypoint.sh'));
  await chmod(within('usr/local/bin/docker-entrypoint.sh'), 0o755);
  for (const folder of ['docker-entrypoint-initdb.d', 'var/run/postgresql', 'var/lib/postgresql/data']) {
    await mkdir(within(folder), { recursive: true });
    await chown(within(folder), UID, UID);
  }
  // As in the official image: pods may run it as a user of their own.
  await chmod(within('var/run/postgresql'), 0o3777);
  await chmod(within('var/lib/postgresql/data'), 0o1777);
}

async function leaveOut(rootfs: string, patterns: readonly string[]): Promise<void> {
  for await (const path of glob(patterns, { cwd: rootfs })) {
    await rm(join(rootfs, path), { recursive: true, force: true });
  }
}
