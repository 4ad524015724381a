import { createReadStream, existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { imagesFolder } from './images.ts';
import { readLayouts, type Layout } from './images/layout.ts';

export interface Registry {
  readonly port: number;
  /** Resolves when the last connection is gone; those still open are cut. */
  close(): Promise<void>;
}

export interface RegistryOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** The folder of the layouts to be served, looked into with every request, so that new images need no restart. */
  readonly images: string;
}

/**
 * Serves OCI image layouts by the pull half of the OCI distribution specification, as a mirror of whatever registries
 * their references name: containerd asks a mirror with the registry's own name as `?ns=`.
 * Rejects if the port is taken.
 */
export async function startRegistry(options: RegistryOptions): Promise<Registry> {
  const server = createServer((request, response) => {
    answer(options.images, request, response).catch((error: unknown) => {
      // A client that hangs up in the middle of a blob is no fault of ours, and has nobody left to be told.
      if (response.headersSent) response.destroy();
      else refuse(response, 500, 'UNKNOWN', error instanceof Error ? error.message : String(error));
    });
  });
  await listen(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise<void>((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
      });
      server.closeAllConnections();
      await closed;
    },
  };
}

function listen(server: Server, { host, port }: RegistryOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
}

/** Distribution specification, "Endpoints"; nothing that does not fit these ever becomes a path. */
const ENDPOINT = /^\/v2\/([a-z0-9._/-]+)\/(manifests|blobs)\/([\w.:-]+)$/;
const DIGEST = /^sha256:([0-9a-f]{64})$/;

async function answer(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader('Docker-Distribution-Api-Version', 'registry/2.0');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    refuse(response, 405, 'UNSUPPORTED', 'this registry can only be read');
    return;
  }
  const url = new URL(request.url ?? '/', 'http://registry');
  if (url.pathname === '/v2/') {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 2 }).end('{}');
    return;
  }
  const [, name, kind, wanted] = ENDPOINT.exec(url.pathname) ?? [];
  if (name === undefined || wanted === undefined) {
    refuse(response, 404, 'UNSUPPORTED', 'this registry knows manifests and blobs');
    return;
  }
  const images = (await readLayouts(folder)).flatMap((layout) => {
    const tags = tagsOf(layout, name, url.searchParams.get('ns'));
    return tags.length > 0 ? { layout, tags } : [];
  });
  if (images.length === 0) {
    refuse(response, 404, 'NAME_UNKNOWN', `no image is called ${name}`);
  } else if (kind === 'manifests') {
    const found = images.find(({ layout, tags }) => layout.manifest.digest === wanted || tags.includes(wanted));
    const manifest = found?.layout.manifest;
    if (found === undefined || manifest === undefined)
      refuse(response, 404, 'MANIFEST_UNKNOWN', `${name} has no ${wanted}`);
    else await sendBlob(request, response, found.layout, manifest.digest, manifest.mediaType);
  } else {
    const found = images.find(({ layout }) => DIGEST.test(wanted) && existsSync(pathOf(layout, wanted)));
    if (found === undefined) refuse(response, 404, 'BLOB_UNKNOWN', `${name} has no ${wanted}`);
    else await sendBlob(request, response, found.layout, wanted, 'application/octet-stream');
  }
}

/** Under which tags a repository has this image. `registry` null: the client does not say which one it thinks it asks. */
function tagsOf(layout: Layout, repository: string, registry: string | null): readonly string[] {
  return layout.references.flatMap((reference) => {
    const [, host, path, tag] = /^([^/]+)\/(.+):([^:/]+)$/.exec(reference) ?? [];
    return path === repository && tag !== undefined && (registry === null || registry === host) ? tag : [];
  });
}

function pathOf(layout: Layout, digest: string): string {
  return join(layout.folder, 'blobs', digest.replace(':', '/'));
}

async function sendBlob(
  request: IncomingMessage,
  response: ServerResponse,
  layout: Layout,
  digest: string,
  mediaType: string,
): Promise<void> {
  const path = pathOf(layout, digest);
  const { size } = await stat(path);
  response.writeHead(200, {
    'Content-Type': mediaType,
    'Content-Length': size,
    'Docker-Content-Digest': digest,
  });
  if (request.method === 'HEAD') response.end();
  else await pipeline(createReadStream(path), response);
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  const body = Buffer.from(JSON.stringify({ errors: [{ code, message }] }));
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': body.length }).end(body);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { host: { type: 'string', default: '127.0.0.1' }, port: { type: 'string', default: '5000' } },
  });
  const registry = await startRegistry({
    host: values.host,
    port: Number(values.port),
    images: imagesFolder(process.env),
  });
  console.log(`registry listens on ${values.host}:${registry.port}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void registry.close());
}
