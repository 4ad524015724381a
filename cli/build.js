import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/**
 * Bundles the command line program into dist/, or the folder named, which is replaced: Node takes no types out of files below
 * node_modules, older Nodes take none at all, and a bundle starts in a fraction of the time.
 */
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = resolve(process.argv[2] ?? join(root, 'dist'));
const require = createRequire(import.meta.url);

/** As in package.json: the program, the kubectl plugin, and what kubectl asks to complete the plugin's command lines. */
const names = ['restore-hooks', 'kubectl-restore_hooks', 'kubectl_complete-restore_hooks'];

/** For packages in CommonJS that require Node's own modules. */
const requireBanner = `import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\n`;

/** @type {import('esbuild').Plugin} */
const lightClient = {
  name: 'light-client',
  setup(build) {
    const client = dirname(require.resolve('@kubernetes/client-node'));
    // Of the client library KubeConfig alone is used. Nothing says so to the bundler, and its models have no side effects.
    build.onResolve({ filter: /^@kubernetes\/client-node$/ }, () => ({ path: join(client, 'config.js') }));
    build.onResolve({ filter: /^\./ }, ({ path, importer, resolveDir }) => {
      if (!importer.startsWith(client) || !path.endsWith('.js')) return undefined;
      return { path: resolve(resolveDir, path), sideEffects: false };
    });
  },
};

const esbuild = await findEsbuild();
if (esbuild !== null) {
  const { outputFiles } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: { 'restore-hooks': 'cli/main.ts' },
    outdir: dist,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // The parser has a build in ES modules too, of which only what is used is taken.
    alias: { undici: './cli/undici-stub.js', yaml: './node_modules/yaml/browser/index.js' },
    plugins: [lightClient],
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'eof',
    chunkNames: 'chunks/[name]-[hash]',
    logLevel: 'warning',
    write: false,
  });
  await rm(dist, { recursive: true, force: true });
  for (const { path, text } of outputFiles) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text.includes('__require') && !text.startsWith('#!') ? requireBanner + text : text);
  }
  await chmod(join(dist, 'restore-hooks.js'), 0o755);
  // For whoever has the folder on the PATH. On Windows links need a right that few have, and the names no effect.
  if (process.platform !== 'win32') {
    await Promise.all(names.map((name) => symlink('restore-hooks.js', join(dist, name))));
  }
}

/** An installation without devDependencies has none, and keeps the bundle it has. */
async function findEsbuild() {
  try {
    return await import('esbuild');
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    process.stderr.write('restore-hooks: esbuild is not installed, so the command line program is not built\n');
    return null;
  }
}
