/** For the last writes of an executor that stops: a kubelet's default grace period of 30 s holds the grace time and this. */
const closingMs = 3_000;

/** For a write of what is known at the end: until the cut, and a while after it. */
export function lastWords(cut: AbortSignal): AbortSignal {
  return cut.aborted ? AbortSignal.timeout(closingMs) : cut;
}
