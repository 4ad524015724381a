import type { Saturation } from './saturate.ts';
import type { Steady } from './steady.ts';

/** What the load process is asked: one at a time. */
export interface LoadRequest {
  readonly port: number;
  /** Files, sent in turn. */
  readonly bodies: readonly string[];
  readonly durationMs: number;
  /** null: as fast as the server answers. */
  readonly ratePerSecond: number | null;
}

export type LoadAnswer =
  | { readonly is: 'saturation'; readonly result: Saturation; readonly cpuSeconds: number }
  | { readonly is: 'steady'; readonly result: Steady }
  | { readonly is: 'error'; readonly message: string };
