import type { TextRule, TextTerms } from './shape.ts';

// Sources: the package util/validation of k8s.io/apimachinery, and what the API reference says of each field.

const printable = ' -<>-~';
const dnsLabel = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';

export const envName = rule({ fits: new RegExp(`^[${printable}]+$`) }, 'is no name of a variable');
/** What stands before the names of variables: nothing, or what one may begin with. */
export const envPrefix = rule({ fits: new RegExp(`^[${printable}]*$`) }, 'is no name of a variable');
export const configKey = rule({ fits: /^[-._a-zA-Z0-9]+$/, never: /^(\.$|\.\.)/, longest: 253 }, 'is no key');
export const objectName = rule(
  { fits: new RegExp(String.raw`^${dnsLabel}(\.${dnsLabel})*$`), longest: 253 },
  'is no name of an object',
);
export const portName = rule(
  { fits: new RegExp(`^${dnsLabel}$`), never: /--|^[^a-z]*$/, longest: 15 },
  'is no name of a port',
);
export const label = rule({ fits: new RegExp(`^${dnsLabel}$`), longest: 63 }, 'is no name of a request');
export const notEmpty = rule({ never: /^$/ }, 'is empty');
export const relativePath = rule({ never: /^\/|(^|\/)\.\.(\/|$)/ }, 'is no path inside the volume');
export const pathWithoutBacksteps = rule({ never: /^$|(^|\/)\.\.(\/|$)/ }, 'is no path');
/** A path below the kubelet's folder of profiles; `\p{Z}\t-\r\x85` is white space to Go's strings.TrimSpace. */
export const localhostProfile = rule(
  { never: /^$|^\/|(^|\/)\.\.(\/|$)|^[\p{Z}\t-\r\x85]|[\p{Z}\t-\r\x85]$/u, longest: 4095 },
  'is no profile',
);

const qualifier = String.raw`[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/`;
const name = '[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?';
const qualified = `(${qualifier})?${name}`;
const podFields = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
].map((path) => path.replace('.', String.raw`\.`));
export const podField = rule(
  {
    fits: new RegExp(String.raw`^(${podFields.join('|')}|metadata\.(labels|annotations)\['${qualified}'\])$`),
  },
  'cannot be in an environment variable',
);

export const resourceField = rule(
  { fits: /^(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.*)$/ },
  'cannot be in an environment variable',
);
export const divisor = rule({ fits: /^(0|1m?|1[kMGTPE]|1[KMGTPE]i)$/ }, 'is no divisor');

/** What a container may ask for: the three of Kubernetes itself, huge pages, and those of device plugins. */
export const resourceName = rule(
  {
    fits: new RegExp(`^(cpu|memory|ephemeral-storage|hugepages-[1-9][0-9]{0,9}[KMG]i|${qualifier}${name})$`),
    never: /kubernetes\.io\/|^requests\./,
    longest: 249,
  },
  'is no resource of a container',
);

function rule(terms: Omit<Extract<TextTerms, { is: 'pattern' }>, 'is'>, says: string): TextRule {
  const { fits, never, longest = Infinity } = terms;
  const holds = (text: string) => text.length <= longest && fits?.test(text) !== false && never?.test(text) !== true;
  return Object.assign((text: string) => (holds(text) ? null : says), { terms: { is: 'pattern', ...terms } as const });
}
