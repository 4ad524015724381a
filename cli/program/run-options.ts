import { helpOption } from './options.ts';
import type { OptionSpec } from './option.ts';

export const statusFormats = ['table', 'json'] as const;
export const defaultWaitTimeout = '10m';

const namespace: OptionSpec = {
  name: 'namespace',
  short: 'n',
  value: { placeholder: 'NAMESPACE', kind: 'word', fallback: 'all' },
  says: 'Look at the pods of this namespace only.',
};

const allNamespaces: OptionSpec = {
  name: 'all-namespaces',
  short: 'A',
  value: null,
  says: 'Look at the pods of all namespaces, as without -n.',
};

const cluster: readonly OptionSpec[] = [
  { name: 'kubeconfig', value: { placeholder: 'PATH', kind: 'file' }, says: 'The kubeconfig to use.' },
  { name: 'context', value: { placeholder: 'NAME', kind: 'word' }, says: 'Its context to use.' },
];

export const statusOptions: readonly OptionSpec[] = [
  namespace,
  allNamespaces,
  {
    name: 'watch',
    short: 'w',
    value: null,
    says: 'Follow what happens, until all is finished: on a terminal in place, else by a line for each change.',
  },
  {
    name: 'output',
    short: 'o',
    value: { placeholder: 'FORMAT', kind: 'word', choices: statusFormats, fallback: 'table' },
    says: `One of ${statusFormats.join(', ')}.`,
  },
  ...cluster,
  helpOption,
];

export const waitOptions: readonly OptionSpec[] = [
  namespace,
  {
    name: 'timeout',
    value: { placeholder: 'DURATION', kind: 'word', fallback: defaultWaitTimeout },
    says: 'How long to wait, such as 90s or 1h30m; 0 looks once.',
  },
  ...cluster,
  helpOption,
];

export const logsOptions: readonly OptionSpec[] = [
  namespace,
  {
    name: 'hook',
    value: { placeholder: 'N', kind: 'word', fallback: 'all' },
    says: 'The number of the hook, as status shows it: 1 is the first.',
  },
  ...cluster,
  helpOption,
];

export const rerunOptions: readonly OptionSpec[] = [
  namespace,
  { name: 'failed', value: null, says: 'Leave out pods whose hooks have all succeeded.' },
  ...cluster,
  helpOption,
];

export const cancelOptions: readonly OptionSpec[] = [namespace, ...cluster, helpOption];
