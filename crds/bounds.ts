import { mostRetries } from '../shared/exec-fields.ts';

/**
 * How much a policy may hold. The API server multiplies these into the cost of each CEL rule as if every list were full and
 * every text as long as it may be, and takes a CRD only below 10 million for a rule and 100 million for all. What grows
 * fastest is what compares containers, or the lists inside of one: there are 50 · 16 · 5 of them.
 */
export const bounds = {
  rules: 50,
  hooksOfRule: 16,
  containersOfHook: 5,
  namespaces: 50,
  namespacePattern: 128,
  labels: 32,
  labelExpressions: 16,
  labelValues: 32,
  words: 256,
  /** A command and its arguments travel in the address of a request, which may have 1 MiB. */
  word: 32_768,
  image: 512,
  duration: 20,
  /** A DNS label's (RFC 1123), a label value's. */
  name: 63,
  retries: mostRetries,
  /** Where nothing else is said: the longest path of Linux. */
  text: 4_096,
  list: 32,
} as const;
