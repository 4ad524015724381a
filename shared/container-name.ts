import { shortHash } from './hash.ts';
import type { ObjectMeta } from './pod.ts';

/** A DNS label's length (RFC 1123), which is a container name's. */
const longestName = 63;

/** True for what the API server takes as a container's name. Source: ValidateDNS1123Label in its validation. */
export function isContainerName(text: string): boolean {
  return text.length <= longestName && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text);
}

/**
 * The name of an init container that was asked for without one: the same for the same pod and hook each time.
 *
 * @param metadata with the namespace filled in; a pod that is to get its name from the API server is known by generateName.
 */
export function generateContainerName(
  metadata: ObjectMeta,
  hook: {
    readonly image: string;
    readonly command: readonly string[] | null;
    /** Whatever else the container has. */
    readonly others?: Readonly<Record<string, unknown>>;
  },
): string {
  const pod = [metadata.namespace ?? '', metadata.name ?? metadata.generateName ?? ''];
  const others = Object.keys(hook.others ?? {}).length === 0 ? [] : [hook.others];
  return `velero-restore-init-${shortHash(JSON.stringify([...pod, hook.image, hook.command, ...others]))}`;
}

/** What is put at the end of a name at the given attempt: nothing at first, then `-2`, `-3`, … */
export function nameSuffix(attempt: number): string {
  return attempt === 1 ? '' : `-${attempt}`;
}

/** The name to try at the given attempt (1, 2, …), its beginning shortened to keep the whole within 63 characters. */
export function nameAtAttempt(name: string, attempt: number): string {
  const suffix = nameSuffix(attempt);
  return `${name.slice(0, longestName - suffix.length)}${suffix}`;
}
