import type { TextRule } from './shape.ts';

// Sources: the package util/validation of k8s.io/apimachinery, and what the API reference says of each field.

export const envName = rule(/^[ -<>-~]+$/, 'is no name of a variable');
export const configKey = rule(/^(?!\.{1,2}$|\.\.)[-._a-zA-Z0-9]{1,253}$/, 'is no key');
export const objectName = rule(
  /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
  'is no name of an object',
);
export const portName = rule(/^(?=.{1,15}$)(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'is no name of a port');
export const label = rule(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'is no name of a request');
export const notEmpty = rule(/./s, 'is empty');
export const relativePath = rule(/^(?!\/)(?!(.*\/)?\.\.(\/|$))/s, 'is no path inside the volume');
export const pathWithoutBacksteps = rule(/^(?!(.*\/)?\.\.(\/|$))./s, 'is no path');

const qualified = String.raw`([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?`;
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
  new RegExp(String.raw`^(${podFields.join('|')}|metadata\.(labels|annotations)\['${qualified}'\])$`),
  'cannot be in an environment variable',
);

export const resourceField = rule(
  /^(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.*)$/,
  'cannot be in an environment variable',
);
export const divisor = rule(/^(0|1m?|1[kMGTPE]|1[KMGTPE]i)$/, 'is no divisor');

/** What a container may ask for: the three of Kubernetes itself, huge pages, and those of device plugins. */
export const resourceName: TextRule = (name) => {
  if (/^(cpu|memory|ephemeral-storage|hugepages-[1-9]\d{0,9}[KMG]i)$/.test(name)) return null;
  const isOwn = name.includes('/') && !name.includes('kubernetes.io/') && !name.startsWith('requests.');
  if (isOwn && name.length < 250 && new RegExp(`^${qualified}$`).test(name)) return null;
  return 'is no resource of a container';
};

function rule(pattern: RegExp, says: string): TextRule {
  return (text) => (pattern.test(text) ? null : says);
}
