import type { CommandSpec, OptionSpec } from './option.ts';
import { runCommands } from './run-commands.ts';
import { helpOption, lintOptions, planOptions, shells, versionOption } from './options.ts';

const plan = {
  name: 'plan',
  summary: 'Show what will happen to pods when they are restored',
  says: [
    'Shows for every pod, in the order given: the init containers that will be injected, the commands that will be run in it, in',
    'their order, and what is wrong in what was asked for. Reads pods, workloads with pod templates, Lists of them, Restores and',
    'RestoreHookPolicies; every other kind is passed over. Only a pod with the restore label, and without a controller, is a',
    'restored one: for pods and templates as they are in a cluster or a repository, use --as-restored.',
  ],
  options: planOptions,
  positional: null,
  examples: [
    {
      says: 'A pod as it will be restored, with the hooks of its annotations',
      line: 'restore-hooks plan -f pod.yaml --as-restored',
    },
    {
      says: 'What the hooks of a Restore will do',
      line: 'restore-hooks plan -f restore.yaml -f pods/ --as-restored r2',
    },
    {
      says: 'The pods of a namespace as they are now, by the Restores and policies of the cluster',
      line: 'kubectl get pods -n app -o json | restore-hooks plan --live --as-restored -f -',
    },
    { says: 'The commands alone', line: "restore-hooks plan -f pod.yaml -o json | jq '.[].exec[].command'" },
  ],
  exitCodes: [
    { code: 0, says: 'the plan was made, whatever it warns of' },
    { code: 1, says: 'a file could not be read, or holds what is no object; or the cluster could not be asked' },
    { code: 2, says: 'the command line was wrong' },
  ],
} as const satisfies CommandSpec;

const lint = {
  name: 'lint',
  summary: 'Find mistakes in hooks, with file, line and column',
  says: [
    'Reads pods, workloads, Restores and RestoreHookPolicies, as they stand in a repository, and tells what will not be taken as it',
    'is written, will fail, or is not what was meant.',
  ],
  options: lintOptions,
  positional: null,
  examples: [
    { says: 'All manifests of a folder', line: 'restore-hooks lint -f manifests/' },
    { says: 'In a workflow of GitHub Actions', line: 'restore-hooks lint -f manifests/ -o github' },
  ],
  exitCodes: [
    { code: 0, says: 'no errors; there may be warnings' },
    { code: 1, says: 'errors were found, or a file could not be read' },
    { code: 2, says: 'the command line was wrong' },
  ],
} as const satisfies CommandSpec;

const completion = {
  name: 'completion',
  summary: 'Print a completion script for a shell',
  says: ['Prints a script that completes commands, options, their values and file names.'],
  options: [helpOption],
  positional: { placeholder: 'SHELL', choices: shells, optional: false },
  examples: [
    {
      says: 'For this bash',
      line: 'restore-hooks completion bash > /tmp/restore-hooks.bash; source /tmp/restore-hooks.bash',
    },
    { says: 'For every zsh, after compinit', line: 'restore-hooks completion zsh > "${fpath[1]}/_restore-hooks"' },
  ],
  exitCodes: [
    { code: 0, says: 'the script was printed' },
    { code: 2, says: 'the command line was wrong' },
  ],
} as const satisfies CommandSpec;

const documented = [plan, lint, ...runCommands, completion] as const;

const help = {
  name: 'help',
  summary: 'Show what a command does',
  says: ['Shows the help of a command, or that of the program.'],
  options: [helpOption],
  positional: { placeholder: 'COMMAND', choices: documented.map(({ name }) => name), optional: true },
  examples: [{ says: 'All about plan', line: 'restore-hooks help plan' }],
  exitCodes: [
    { code: 0, says: 'the help was shown' },
    { code: 2, says: 'the command line was wrong' },
  ],
} as const satisfies CommandSpec;

/** All there is. Parsing, help and completion know nothing but what stands here. */
export const commands: readonly Command[] = [...documented, help];

export type Command = CommandSpec & { readonly name: CommandName };
export type CommandName = (typeof documented)[number]['name'] | typeof help.name;

export const programOptions: readonly OptionSpec[] = [helpOption, versionOption];
