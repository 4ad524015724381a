import { createHash } from 'node:crypto';

/** A label value's length (Kubernetes: 63 characters), and what Velero keeps of a longer name before the hash. */
const longestLabel = 63;
const hashDigits = 6;

/**
 * The value of the restore label on the pods of a Restore: its name, or, of a name longer than 63 characters, the first 57 and
 * the first 6 hex digits of the whole name's SHA-256 (hooks.md section 1; Velero's label.GetValidName).
 */
export function restoreLabelValue(name: string): string {
  if (name.length <= longestLabel) return name;
  const digest = createHash('sha256').update(name).digest('hex');
  return name.slice(0, longestLabel - hashDigits) + digest.slice(0, hashDigits);
}

/** True for a label value that may be that of a longer name: only these cannot be looked for as a name alone. */
export function mayBeShortened(labelValue: string): boolean {
  return labelValue.length === longestLabel;
}
