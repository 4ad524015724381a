import { parseArgs } from 'node:util';

export const usage = `Makes the image of webhook, executor and certs as an OCI archive, without Docker and without a base image.

  npm run image -- [--out FILE] [--source URL] [--cache DIR]
  npm run image -- --app DIR

  --out     the archive (out/restore-hooks-VERSION.oci.tar); its SBOM is written beside it, as .spdx.json
  --source  where its sources are, for the label org.opencontainers.image.source
  --cache   keeps the layer of Node in this folder for the next time, which then takes a few seconds
  --app     writes what the image has in /app to this folder, and nothing else: for the Dockerfile
  --help    prints this

The same sources, Node and libraries give the same digest. It needs Debian, whose libraries the image takes.`;

export type Command =
  | {
      readonly kind: 'archive';
      readonly out: string | null;
      readonly source: string | null;
      readonly cache: string | null;
    }
  | { readonly kind: 'app'; readonly folder: string }
  | { readonly kind: 'help' };

export type Reading = { readonly command: Command } | { readonly error: string };

/** Reads the command line's arguments. */
export function readArguments(args: readonly string[]): Reading {
  try {
    const { values } = parseArgs({ args: [...args], options });
    const { app, out = null, source = null, cache = null } = values;
    if (values.help === true) return { command: { kind: 'help' } };
    if (app !== undefined) {
      if (out !== null || source !== null || cache !== null) return { error: '--app stands alone' };
      return app === '' ? { error: '--app needs a folder' } : { command: { kind: 'app', folder: app } };
    }
    if (out === '') return { error: '--out needs a file' };
    if (cache === '') return { error: '--cache needs a folder' };
    if (source !== null && !URL.canParse(source)) return { error: '--source is a URL' };
    return { command: { kind: 'archive', out, source, cache } };
  } catch (error) {
    // What parseArgs throws is known by its codes alone.
    if (!String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS')) throw error;
    return { error: (error as Error).message };
  }
}

const options = {
  app: { type: 'string' },
  out: { type: 'string' },
  source: { type: 'string' },
  cache: { type: 'string' },
  help: { type: 'boolean' },
} as const;
