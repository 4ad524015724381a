import type { Validation } from './schema.ts';
import type { Notes } from './shape-schema.ts';

const maxProperties = 16;
/** Of these a container may ask for less than its limit, and for parts. */
const overcommittable = `['cpu', 'memory', 'ephemeral-storage']`;
const names = 'cpu, memory, ephemeral-storage, hugepages-SIZE and VENDOR/DEVICE';

export const resourceNotes: Notes = {
  resources: { description: 'What it asks for, and may use.', 'x-kubernetes-validations': resourceValidations() },
  'resources.claims': {
    description: "The pod's resource claims that it uses, at most 8.",
    maxItems: 8,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
  },
  'resources.claims[].name': { description: "The pod's claim.", minLength: 1 },
  'resources.claims[].request': { description: 'The request within the claim. Default: all.' },
  'resources.limits': {
    description: `The most it may use, by resource: ${names}.`,
    maxProperties,
  },
  'resources.requests': {
    description: `What it is given at least, by resource, not above its limit: ${names}. Default: the limits.`,
    maxProperties,
  },
};

function resourceValidations(): Validation[] {
  const limit = amount('self.limits[k]');
  const request = amount('self.requests[k]');
  const bothAmounts = 'has(self.requests) && has(self.limits)';
  const isWhole = `${limit}.isInteger()`;
  const pages = `quantity(k.substring(size('hugepages-'))).asInteger()`;
  return [
    {
      rule: `!(${bothAmounts}) || self.requests.all(k, !(k in self.limits) || !${request}.isGreaterThan(${limit}))`,
      message: 'must not be above the limits: lower the request, or raise the limit',
      fieldPath: '.requests',
    },
    {
      rule: `!has(self.requests) || self.requests.all(k, k in ${overcommittable} || has(self.limits) && k in self.limits && ${request}.compareTo(${limit}) == 0)`,
      message: 'must be as much as the limits of huge pages and devices: they cannot be overcommitted',
      fieldPath: '.requests',
    },
    {
      rule: `!has(self.limits) || self.limits.all(k, k in ${overcommittable} || ${isWhole} && (!k.startsWith('hugepages-') || ${limit}.asInteger() % ${pages} == 0))`,
      message: 'must be whole numbers of devices, and whole numbers of huge pages',
      fieldPath: '.limits',
    },
    {
      rule: `!has(self.limits) || !self.limits.exists(k, k.startsWith('hugepages-')) || ['cpu', 'memory'].exists(n, n in self.limits || has(self.requests) && n in self.requests)`,
      message: 'must have cpu or memory beside huge pages',
      fieldPath: '.limits',
    },
  ];
}

/** An amount that may stand as a whole number. */
function amount(value: string): string {
  return `(type(${value}) == string ? quantity(${value}) : quantity('0').add(${value}))`;
}
