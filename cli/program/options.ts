import { inheritable } from '../../shared/inherit.ts';
import { modes } from '../../shared/plan-context.ts';
import { defaultRestoreLabel } from '../../shared/restored.ts';
import { reportFormats } from '../lint/report.ts';
import type { OptionSpec } from './option.ts';

export const planFormats = ['table', 'json', 'yaml'] as const;
export const shells = ['bash', 'zsh'] as const;

export const manifestExtensions = ['yaml', 'yml', 'json'] as const;
export const defaultSystemNamespace = 'restore-hooks';
export const defaultRestoreNamespace = 'velero';

export const helpOption: OptionSpec = { name: 'help', short: 'h', value: null, says: 'Show this help.' };
export const versionOption: OptionSpec = { name: 'version', value: null, says: 'Show the version.' };

export const filename: OptionSpec = {
  name: 'filename',
  short: 'f',
  value: { placeholder: 'FILE', kind: 'file', extensions: manifestExtensions, repeated: true },
  says: `A file of YAML or JSON documents, a folder (its ${manifestExtensions.map((end) => `*.${end}`).join(', ')}), or - for standard input. May be repeated.`,
};

export const systemNamespace: OptionSpec = {
  name: 'system-namespace',
  value: { placeholder: 'NAMESPACE', kind: 'word', fallback: defaultSystemNamespace },
  says: 'Where the system runs: policies there apply to every namespace.',
};

export const restoreLabel: OptionSpec = {
  name: 'restore-label',
  value: { placeholder: 'KEY', kind: 'word', fallback: defaultRestoreLabel },
  says: 'The label that makes a pod a restored one.',
};

export const planOptions: readonly OptionSpec[] = [
  filename,
  {
    name: 'as-restored',
    value: { placeholder: 'NAME', kind: 'word', optional: true },
    says: 'Take pods and templates as Velero would create them in the Restore NAME, or in the only one there is.',
  },
  {
    name: 'mode',
    value: { placeholder: 'MODE', kind: 'word', choices: modes, fallback: 'standalone' },
    says: `Who runs hooks: ${modes.join(', ')}. auto is takeover if there are Restores, else standalone.`,
  },
  {
    name: 'output',
    short: 'o',
    value: { placeholder: 'FORMAT', kind: 'word', choices: planFormats, fallback: 'table' },
    says: `One of ${planFormats.join(', ')}.`,
  },
  {
    name: 'namespace',
    short: 'n',
    value: { placeholder: 'NAMESPACE', kind: 'word', fallback: 'default' },
    says: 'The namespace of objects that name none.',
  },
  {
    name: 'live',
    value: null,
    says: 'Read Restores and policies from the cluster, too. Of one name, those in files count.',
  },
  {
    name: 'restore-namespaces',
    value: { placeholder: 'LIST', kind: 'list', fallback: defaultRestoreNamespace },
    says: 'With --live: where Restores are looked for; * for all namespaces.',
  },
  { name: 'kubeconfig', value: { placeholder: 'PATH', kind: 'file' }, says: 'With --live: the kubeconfig to use.' },
  { name: 'context', value: { placeholder: 'NAME', kind: 'word' }, says: 'With --live: its context to use.' },
  systemNamespace,
  {
    name: 'exclude-namespaces',
    value: { placeholder: 'LIST', kind: 'list', fallback: 'kube-system and the system namespace' },
    says: 'Namespaces in which no pod is a restored one.',
  },
  {
    name: 'takeover-namespaces',
    value: { placeholder: 'LIST', kind: 'list', fallback: 'all' },
    says: 'In mode takeover: the namespaces that are taken over.',
  },
  {
    name: 'inherit',
    value: { placeholder: 'LIST', kind: 'list', choices: inheritable, fallback: 'none' },
    says: `What init hooks take from the first container of their pod: ${inheritable.join(', ')}.`,
  },
  restoreLabel,
  helpOption,
];

export const lintOptions: readonly OptionSpec[] = [
  filename,
  {
    name: 'output',
    short: 'o',
    value: { placeholder: 'FORMAT', kind: 'word', choices: reportFormats, fallback: 'text' },
    says: `One of ${reportFormats.join(', ')}; github makes annotations in a workflow of GitHub Actions.`,
  },
  systemNamespace,
  restoreLabel,
  helpOption,
];
