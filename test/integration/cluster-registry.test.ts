import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeLayout, type Descriptor, type Layout } from '../cluster/images/layout.ts';
import { startRegistry, type Registry } from '../cluster/registry.ts';

const references = ['docker.io/library/tool:latest', 'docker.io/library/tool:1', 'example.org/other:2'];

describe('the registry of the embedded cluster', () => {
  let folder: string;
  let registry: Registry;
  let layout: Layout;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'registry-'));
    layout = await image('tool-1', 'hello', references);
    registry = await startRegistry({ host: '127.0.0.1', port: 0, images: join(folder, 'images') });
  });
  afterEach(async () => {
    await registry.close();
    await rm(folder, { recursive: true });
  });

  async function image(name: string, content: string, names: readonly string[]): Promise<Layout> {
    const rootfs = join(folder, `rootfs-${name}`);
    await mkdir(rootfs);
    await writeFile(join(rootfs, 'file'), content);
    await symlink('file', join(rootfs, 'link'));
    return writeLayout(join(folder, 'images', name), rootfs, { Cmd: ['sh'] }, names);
  }
  function ask(path: string, init?: RequestInit): Promise<Response> {
    return fetch(`http://127.0.0.1:${registry.port}${path}`, init);
  }
  function digest(body: ArrayBuffer): string {
    return `sha256:${createHash('sha256').update(new Uint8Array(body)).digest('hex')}`;
  }

  it('says that it speaks the protocol', async () => {
    const response = await ask('/v2/');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({});
  });

  it.each([
    ['a tag', '/v2/library/tool/manifests/latest'],
    ['another tag', '/v2/library/tool/manifests/1'],
    ['a tag asked of the registry it mirrors', '/v2/library/tool/manifests/latest?ns=docker.io'],
    ['a tag of another registry', '/v2/other/manifests/2?ns=example.org'],
  ])('answers to %s with the manifest, whose digest is that of its bytes', async (_, path) => {
    const response = await ask(path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/vnd.oci.image.manifest.v1+json');
    expect(response.headers.get('docker-content-digest')).toBe(layout.manifest.digest);
    expect(digest(await response.arrayBuffer())).toBe(layout.manifest.digest);
  });

  it('serves the manifest by its digest and every blob it names, with the size and digest it says', async () => {
    const answer = await ask(`/v2/library/tool/manifests/${layout.manifest.digest}`);
    const manifest = (await answer.json()) as { config: Descriptor; layers: Descriptor[] };
    expect(manifest.layers).toHaveLength(1);
    for (const blob of [manifest.config, ...manifest.layers]) {
      const response = await ask(`/v2/library/tool/blobs/${blob.digest}`);
      const body = await response.arrayBuffer();
      expect(Number(response.headers.get('content-length'))).toBe(blob.size);
      expect(body.byteLength).toBe(blob.size);
      expect(digest(body)).toBe(blob.digest);
    }
  });

  it('answers HEAD with the headers alone', async () => {
    const response = await ask('/v2/library/tool/manifests/latest', { method: 'HEAD' });
    expect(Number(response.headers.get('content-length'))).toBe(layout.manifest.size);
    expect(response.headers.get('docker-content-digest')).toBe(layout.manifest.digest);
    expect((await response.arrayBuffer()).byteLength).toBe(0);
  });

  it.each([
    ['an unknown image', '/v2/library/nothing/manifests/latest', 'NAME_UNKNOWN'],
    ['an image of another registry', '/v2/library/tool/manifests/latest?ns=example.org', 'NAME_UNKNOWN'],
    ['an unknown tag', '/v2/library/tool/manifests/3', 'MANIFEST_UNKNOWN'],
    ['an unknown digest', `/v2/library/tool/blobs/sha256:${'0'.repeat(64)}`, 'BLOB_UNKNOWN'],
    ['no digest', '/v2/library/tool/blobs/index.json', 'BLOB_UNKNOWN'],
    ['a path that leaves the folder', '/v2/library/tool/blobs/../../../tool-1/index.json', 'UNSUPPORTED'],
    ['an encoded path that leaves it', '/v2/library/tool/blobs/..%2f..%2findex.json', 'UNSUPPORTED'],
    ['a dotted name', '/v2/../v2/library/tool/blobs/sha256:..', 'BLOB_UNKNOWN'],
    ['anything else', '/', 'UNSUPPORTED'],
  ])('answers 404 and a code to %s', async (_, path, code) => {
    // Not by fetch, which would take the dots out of the path.
    const { status, body } = await new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port: registry.port, path }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () => resolve({ status: response.statusCode, body: text }));
      });
      sent.on('error', reject).end();
    });
    expect(status).toBe(404);
    expect(JSON.parse(body)).toEqual({ errors: [{ code, message: expect.any(String) }] });
  });

  it('cannot be written to', async () => {
    const response = await ask('/v2/library/tool/manifests/latest', { method: 'PUT', body: '{}' });
    expect(response.status).toBe(405);
  });

  it('serves an image that appears while it runs, and of two for one name the one asked for last', async () => {
    const path = '/v2/library/new/manifests/latest';
    expect((await ask(path)).status).toBe(404);
    const before = await image('new-1', 'old', ['docker.io/library/new:latest']);
    const after = await image('new-2', 'new', ['docker.io/library/new:latest']);
    await utimes(before.folder, 1, 1);
    expect((await ask(path)).headers.get('docker-content-digest')).toBe(after.manifest.digest);
    await utimes(after.folder, 0, 0);
    expect((await ask(path)).headers.get('docker-content-digest')).toBe(before.manifest.digest);
  });

  it('does not serve what is still being written', async () => {
    await image('half-1.part-x', 'half', ['docker.io/library/half:latest']);
    expect((await ask('/v2/library/half/manifests/latest')).status).toBe(404);
  });

  it('gives the same files the same digest, whenever they were made', async () => {
    const again = await image('tool-2', 'hello', references);
    expect(again.manifest).toEqual(layout.manifest);
  });
});
