import { boolean, integer, oneOf, record, refused, required, text, vital, wholeListOf } from './shape.ts';
import * as rules from './text-rules.ts';

const largestId = 2 ** 31 - 1;
const profileTypes = oneOf('Localhost', 'RuntimeDefault', 'Unconfined');

const profile = record(
  { type: required(profileTypes), localhostProfile: vital(text(rules.localhostProfile)) },
  (given) => {
    const local = given.type === 'Localhost';
    return local === (given.localhostProfile !== undefined)
      ? null
      : 'needs a localhostProfile with Localhost, and only then';
  },
);

/**
 * A SecurityContext, all or nothing: with a part of it left out, the container would have more rights than were asked for.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#security-context-1
 */
export const securityShape = record(
  {
    allowPrivilegeEscalation: vital(boolean),
    appArmorProfile: vital(profile),
    capabilities: vital(record({ add: vital(wholeListOf(text())), drop: vital(wholeListOf(text())) })),
    privileged: vital(boolean),
    procMount: vital(oneOf('Default', 'Unmasked')),
    readOnlyRootFilesystem: vital(boolean),
    runAsGroup: vital(integer(0, largestId)),
    runAsNonRoot: vital(boolean),
    runAsUser: vital(integer(0, largestId)),
    seccompProfile: vital(profile),
    seLinuxOptions: vital(
      record({ level: vital(text()), role: vital(text()), type: vital(text()), user: vital(text()) }),
    ),
    windowsOptions: vital(refused('is not supported in an init hook')),
  },
  (given) => (contradicts(given) ? 'has privileges, and allowPrivilegeEscalation: false' : null),
);

/** The API server refuses a container that has rights for which privileges must escalate, and may not escalate them. */
export function contradicts(securityContext: Readonly<Record<string, unknown>>): boolean {
  if (securityContext.allowPrivilegeEscalation !== false) return false;
  const { add } = (securityContext.capabilities ?? {}) as { readonly add?: readonly string[] | null };
  return securityContext.privileged === true || (add ?? []).includes('CAP_SYS_ADMIN');
}
