/**
 * How much a HookRun may hold. The executor writes it, and cuts what it writes before; these only keep nonsense out. What
 * comes out of annotations, Restores and policies, a container's name included, has no bound but the 512 KiB of the whole plan,
 * which the executor holds to, since a schema cannot.
 */
export const hookRunBounds = {
  /** Of one kind. More than a plan ever has: it holds 500 of rules at most, and 101 of annotations. */
  hooks: 1_000,
  /** Of a command: more than fit into 512 KiB of JSON. */
  words: 200_000,
  /** Characters of a name in Kubernetes (RFC 1123 subdomain), and of a UID. */
  name: 253,
  /** Characters of a label's value. */
  label: 63,
  /** Of a reason, an identity, or a container's ID, which are ours or the kubelet's. */
  word: 1_024,
  /** Characters of one of a command's two streams: all of a record's output together is at most 256 KiB. */
  output: 262_144,
  earlier: 20,
} as const;
