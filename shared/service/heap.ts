import { setFlagsFromString } from 'node:v8';

/**
 * Has the engine collect garbage when the heap is so much larger than what was left of it the last time, in percent. By itself it
 * waits until a heap of this project's size is nearly four times as large, and memory that was touched once is not given back.
 * To be called before anything else; some processor time is the price.
 * Source: https://nodejs.org/api/v8.html#v8setflagsfromstringflags; the flag is in `node --v8-options`.
 */
export function boundHeapGrowth(percent: number): void {
  setFlagsFromString(`--heap-growing-percent=${percent}`);
}
