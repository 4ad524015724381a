import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { packTar } from './tar.ts';

/** A layer in a file, ready to become part of any layout. */
export interface Layer {
  readonly file: string;
  readonly mediaType: string;
  readonly digest: string;
  /** Of the file. */
  readonly size: number;
  /** Of the archive before it was compressed, which an image's configuration names. */
  readonly diffId: string;
  readonly unpackedSize: number;
}

const mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip';

/** Writes what is below `rootfs` to `file` as a layer (OCI image-spec, layer.md). Throws as packTar does. */
export async function writeLayer(file: string, rootfs: string): Promise<Layer> {
  const tar = meter();
  const packed = meter();
  await packTar(rootfs, (archive) =>
    pipeline(archive, tar.stream, createGzip(), packed.stream, createWriteStream(file)),
  );
  return {
    file,
    mediaType,
    digest: packed.digest(),
    size: packed.size(),
    diffId: tar.digest(),
    unpackedSize: tar.size(),
  };
}

/** Counts and sums what passes. */
function meter(): { stream: Transform; digest(): string; size(): number } {
  const hash = createHash('sha256');
  let size = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      size += chunk.length;
      done(null, chunk);
    },
  });
  return { stream, digest: () => `sha256:${hash.digest('hex')}`, size: () => size };
}
