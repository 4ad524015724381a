import type { Container } from './pod.ts';

/** Velero's container that waits for a volume's data; `restic-wait` before Velero 1.10. */
const waitNames: readonly string[] = ['restore-wait', 'restic-wait'];

export function isWaitContainer({ name }: Container): boolean {
  return waitNames.includes(name);
}

/**
 * The index of the last container that waits for data; -1: there is none.
 *
 * @param hooks the indices of those that are hooks: one may bear a wait container's name, and waits for nothing
 */
export function lastWaitContainer(present: readonly Container[], hooks: ReadonlySet<number | null>): number {
  return present.findLastIndex((container, index) => isWaitContainer(container) && !hooks.has(index));
}
