import type { Progress } from '../progress.ts';
import type { ImageConfig } from './layout.ts';

/** How an image comes about. */
export interface Recipe {
  readonly name: string;
  /** What pods may call it, in full: `docker.io/library/busybox:1.35`. */
  readonly references: readonly string[];
  /** The files it is a function of; a change in any of them makes another image. */
  readonly sources: readonly string[];
  readonly config: ImageConfig;
  /** Fills an empty folder with the image's files. */
  build(rootfs: string, progress: Progress): Promise<void>;
}
