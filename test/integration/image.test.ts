import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { appFolder, imageConfig, imageLabels, reference } from '../../image/build/config.ts';
import { root } from '../../image/build/root.ts';
import type { SpdxDocument } from '../../image/build/sbom.ts';
import { run } from '../cluster/command.ts';
import { silent } from '../cluster/progress.ts';
import { copiedFromContext, readDockerfile } from '../support/image-dockerfile.ts';
import { ensureArchive } from '../support/own-image.ts';
import { unpackImage, type UnpackedImage } from '../support/unpacked-image.ts';

/** All that may be in the image. */
const allowed = [
  /^\/nodejs\/(bin\/node|LICENSE)$/,
  /^\/lib(64|\/[a-z0-9_]+-linux-gnu[a-z0-9]*)\/(ld-linux|lib(c|dl|gcc_s|m|pthread|stdc\+\+|atomic)\.so)[-a-z0-9_.]*$/,
  /^\/etc\/(passwd|group|nsswitch\.conf|os-release)$/,
  /^\/var\/lib\/dpkg\/status\.d\/[a-z0-9+.-]+$/,
  /^\/usr\/share\/doc\/[a-z0-9+.-]+\/copyright$/,
  /^\/app\/(main\.mjs|LICENSE|NOTICES|chunks\/[a-z-]+-[A-Z0-9]{8}\.mjs)$/,
];

describe('the archive of `npm run image`', () => {
  let folder: string;
  let archive: string;
  let image: UnpackedImage;
  let sbom: SpdxDocument;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'restore-hooks-image-'));
    archive = await ensureArchive(silent);
    image = await unpackImage(archive, join(folder, 'image'));
    sbom = JSON.parse(await readFile(archive.replace(/\.oci\.tar$/, '.spdx.json'), 'utf8')) as SpdxDocument;
  }, 300_000);
  afterAll(() => rm(folder, { recursive: true }));

  const files = () => image.entries.filter(({ mode }) => !mode.startsWith('d'));
  const content = (path: string) => readFile(join(image.rootfs, path), 'utf8');
  const packagesOf = (type: string) =>
    sbom.packages.filter(({ externalRefs = [] }) =>
      externalRefs.some(({ referenceLocator }) => referenceLocator.startsWith(`pkg:${type}/`)),
    );

  it('is the same when it is made again, elsewhere, with another umask and in another time zone', async () => {
    const again = join(folder, 'again', 'other.oci.tar');
    const program = [process.execPath, join(root, 'image/build/main.ts'), '--out', again];
    await run('sh', ['-c', 'umask 077; exec "$@"', 'sh', ...program], { env: { TZ: 'Asia/Kathmandu' } });
    expect((await readFile(again)).equals(await readFile(archive))).toBe(true);
  }, 300_000);

  it('starts as nobody, with what a container runtime needs to know', () => {
    const labels = imageLabels(null);
    expect(image.references).toEqual([reference]);
    expect(image.config.config).toEqual(imageConfig(labels));
    expect(image.manifest.annotations).toEqual(labels);
    expect(image.config.rootfs.diff_ids).toEqual(image.diffIds);
  });

  it('holds Node, its libraries, the project, and what tells of them: no shell, no package manager', () => {
    const strange = files().filter(({ path }) => !allowed.some((pattern) => pattern.test(path)));
    expect(strange).toEqual([]);
    expect(files().length).toBeGreaterThan(20);
  });

  it("is root's, readable by everybody, and nobody else may write, nor become somebody", () => {
    const modes = new Set(image.entries.map(({ mode, owner }) => `${mode} ${owner}`));
    expect([...modes].sort()).toEqual(['-rw-r--r-- 0/0', '-rwxr-xr-x 0/0', 'drwxr-xr-x 0/0']);
  });

  it('knows its user by name', async () => {
    expect(await content('/etc/passwd')).toContain('\nnonroot:x:65532:65532:');
  });

  it('lists in its SBOM the packages of production that it holds, the libraries, and Node', async () => {
    const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as Lock;
    const production = Object.entries(packages).flatMap(([path, { version, dev }]) =>
      dev === true ? [] : `${path.replace(/^.*\bnode_modules\//, '')} ${version}`,
    );
    const listed = packagesOf('npm').filter(({ name }) => name !== 'restore-hooks');
    for (const name of ['fastify', 'pino', 'zod', 'ws', 'yaml', '@kubernetes/client-node'])
      expect(listed.map((each) => each.name)).toContain(name);
    for (const { name, versionInfo } of listed) expect(production).toContain(`${name} ${versionInfo}`);
    const debian = await readdir(join(image.rootfs, 'var/lib/dpkg/status.d'));
    expect(
      packagesOf('deb')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(debian.sort());
    expect(packagesOf('generic').map(({ versionInfo }) => versionInfo)).toEqual([process.versions.node]);
    expect(packagesOf('oci')).toMatchObject([{ checksums: [{ checksumValue: image.digest.replace('sha256:', '') }] }]);
  });

  it('passes on the licence of everything in it', async () => {
    const notices = await content(`${appFolder}/NOTICES`);
    for (const { name, versionInfo } of packagesOf('npm').filter((each) => each.name !== 'restore-hooks'))
      expect(notices).toContain(`${name} ${versionInfo} (`);
    expect(notices).toContain('Permission is hereby granted');
    expect(await content(`${appFolder}/LICENSE`)).toBe(await readFile(join(root, 'LICENSE'), 'utf8'));
    expect(await content('/nodejs/LICENSE')).toContain('OpenSSL');
    for (const { name } of packagesOf('deb')) expect(await content(`/usr/share/doc/${name}/copyright`)).not.toBe('');
  });

  it('holds nothing of the machine it was made on', async () => {
    for (const { path } of files().filter((each) => each.path.startsWith(`${appFolder}/`)))
      expect({ path, found: (await content(path)).includes(root) }).toEqual({ path, found: false });
  });

  it('has the same files in /app as the Dockerfile leaves, by its own context and commands', async () => {
    const context = join(folder, 'context');
    await mkdir(context);
    const [build] = await readDockerfile();
    if (build === undefined) throw new Error('the Dockerfile has no stage');
    for (const path of copiedFromContext(build).flatMap(({ from }) => from))
      await cp(join(root, path), join(context, path), { recursive: true });
    // In the place of `npm ci`.
    await symlink(join(root, 'node_modules'), join(context, 'node_modules'));
    const app = join(folder, 'app');
    await run(process.execPath, ['image/build/main.ts', '--app', app], { cwd: context });
    const paths = (await readdir(app, { recursive: true, withFileTypes: true })).filter((each) => each.isFile());
    const found = paths.map(({ parentPath, name }) => join(parentPath, name).replace(app, appFolder)).sort();
    expect(found).toEqual(
      files()
        .flatMap(({ path }) => (path.startsWith(`${appFolder}/`) ? path : []))
        .sort(),
    );
    for (const path of found)
      expect(
        (await readFile(join(app, path.replace(appFolder, '')))).equals(await readFile(join(image.rootfs, path))),
      ).toBe(true);
  }, 120_000);
});

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version: string; readonly dev?: boolean }>>;
}
