import { basename, join, relative } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import lock from '../../package-lock.json' with { type: 'json' };
import manifest from '../../package.json' with { type: 'json' };
import { productionPackages, type Package } from './packages.ts';
import { root } from './root.ts';

/** The processes and all they need of their dependencies, as files below the image's /app. */
export interface Bundle {
  readonly files: readonly { readonly path: string; readonly contents: Uint8Array }[];
  /** Those of which it holds anything. */
  readonly packages: readonly Package[];
}

/** For packages in CommonJS that require Node's own modules. */
const banner = `import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);`;

/**
 * Bundles image/main.ts; the same sources give the same bytes wherever the checkout lies. What one process alone needs is in
 * files that the others do not load. Names and lines stay as they are, so that a stack trace can be read without source maps,
 * which every process would have to load. Throws what esbuild throws, with its messages, and if a package of the development
 * would come with it.
 */
export async function bundleProject(): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: { main: 'image/main.ts' },
    outdir: 'app',
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    banner: { js: banner },
    // In a file of their own: notices.ts.
    legalComments: 'none',
    // debug, below client-node, colours its lines if it can have this, which is not among its dependencies.
    external: ['supports-color'],
    // Paths of packages are those of the lock, even where node_modules is a link to that of another checkout.
    preserveSymlinks: true,
    plugins: [versionOnly],
    metafile: true,
    logLevel: 'silent',
    write: false,
  });
  const files = outputFiles.map(({ path, contents }) => ({ path: relative(join(root, 'app'), path), contents }));
  return {
    files: files.sort((a, b) => (a.path < b.path ? -1 : 1)),
    packages: productionPackages(packageFolders(metafile), lock),
  };
}

/** Folders of the packages that the bundle holds anything of, from the project's own: `node_modules/pino`. Sorted. */
export function packageFolders(metafile: Metafile): readonly string[] {
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  const held = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const folders = held.flatMap(([path]) => /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
  return [...new Set(folders)].sort();
}

/** Of package.json the version: scripts and devDependencies are none of the image's, and change more often than it. */
const versionOnly: Plugin = {
  name: 'version-only',
  setup(setup) {
    setup.onLoad({ filter: /[/\\]package\.json$/ }, ({ path }) => {
      if (relative(root, path) !== basename(path)) return undefined;
      return { contents: JSON.stringify({ version: manifest.version }), loader: 'json' };
    });
  },
};
