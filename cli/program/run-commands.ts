import type { CommandSpec } from './option.ts';
import { cancelOptions, logsOptions, rerunOptions, statusOptions, waitOptions } from './run-options.ts';

// The commands about what has been run: they read HookRuns from the cluster.

/** Of those whose 2 says that hooks are not done yet. */
const unanswered = 3;

const status = {
  name: 'status',
  summary: 'Show how far the hooks of restored pods have come',
  says: [
    'Shows for every restore, or for the one of a name, its pods with how many of their hooks have ended, and what went wrong with',
    'the last lines of what it printed. pod/NAME or NAMESPACE/POD shows the newest run of one pod.',
  ],
  options: statusOptions,
  positional: { placeholder: 'RESTORE', choices: null, optional: true },
  wrongCode: unanswered,
  examples: [
    { says: 'All restores', line: 'restore-hooks status' },
    { says: 'One of them, until it is finished', line: 'restore-hooks status nightly --watch' },
    {
      says: 'The pods whose hooks did not succeed',
      line: `restore-hooks status nightly -o json | jq -r '.[] | select(.failed > 0) | .pod'`,
    },
  ],
  exitCodes: [
    { code: 0, says: 'all hooks of all pods succeeded' },
    { code: 1, says: 'all is finished, and some did not succeed: Failed, Cancelled, Missed or TooLarge' },
    { code: 2, says: 'some are not finished, or there are no HookRuns (yet)' },
    { code: unanswered, says: 'the cluster could not be asked, or the command line was wrong' },
  ],
} as const satisfies CommandSpec;

const wait = {
  name: 'wait',
  summary: 'Wait until the hooks of a restore are finished',
  says: [
    'Waits until there is at least one pod with hooks of the restore, the hooks of all of them are finished, and Velero, where it',
    'is at work on the Restore, has ended. HookRuns of an earlier Restore of the same name do not count. pod/NAME or NAMESPACE/POD',
    'waits for one pod.',
  ],
  options: waitOptions,
  positional: { placeholder: 'RESTORE', choices: null, optional: false },
  wrongCode: unanswered,
  examples: [
    {
      says: 'In a script',
      line: 'restore-hooks wait nightly --timeout 30m || restore-hooks status nightly',
    },
  ],
  exitCodes: [
    { code: 0, says: 'all hooks of all pods succeeded' },
    { code: 1, says: 'all is finished, and some did not succeed' },
    { code: 2, says: 'not finished within the timeout, or no HookRun has come' },
    { code: unanswered, says: 'the cluster could not be asked, or the command line was wrong' },
  ],
} as const satisfies CommandSpec;

const failures = [
  { code: 1, says: 'there is none, or the cluster refused, or could not be asked' },
  { code: 2, says: 'the command line was wrong, or must say more' },
] as const;

const logs = {
  name: 'logs',
  summary: 'Print what the hooks of a pod printed',
  says: [
    'Prints what was kept of the output of the newest run of a pod: the end of it. Standard output holds what the commands wrote to',
    'theirs; headings, and what they wrote to standard error, are on standard error. What would move the cursor is escaped.',
  ],
  options: logsOptions,
  positional: { placeholder: 'POD', choices: null, optional: false },
  examples: [
    { says: 'All hooks of a pod', line: 'restore-hooks logs db -n app' },
    { says: 'What the second one wrote to standard output', line: 'restore-hooks logs app/db --hook 2 > rows.txt' },
  ],
  exitCodes: [{ code: 0, says: 'it was printed, if there was any' }, ...failures],
} as const satisfies CommandSpec;

const rerun = {
  name: 'rerun',
  summary: 'Run the exec hooks of a pod, or of all pods of a restore, again',
  says: [
    'Asks for a new run by writing spec.rerun of the HookRun, so that the cluster decides who may: the plan is resolved anew, and pods whose',
    'hooks were missed are run, too. An earlier cancel is taken back. A name that is both a pod and a restore must be written as',
    'pod/NAME or restore/NAME.',
  ],
  options: rerunOptions,
  positional: { placeholder: 'POD|RESTORE', choices: null, optional: false },
  examples: [
    { says: 'One pod', line: 'restore-hooks rerun app/db' },
    { says: 'All pods of a restore whose hooks did not succeed', line: 'restore-hooks rerun restore/nightly --failed' },
  ],
  exitCodes: [{ code: 0, says: 'it was asked for, if there was anything to ask for' }, ...failures],
} as const satisfies CommandSpec;

const cancel = {
  name: 'cancel',
  summary: 'Begin no more hooks of a restore, or of a pod',
  says: [
    'Writes spec.cancel of every HookRun that is not finished, so that the cluster decides who may: hooks that run are let finish, and those',
    'that have not begun are cancelled.',
  ],
  options: cancelOptions,
  positional: { placeholder: 'RESTORE|POD', choices: null, optional: false },
  examples: [
    { says: 'A whole restore', line: 'restore-hooks cancel nightly' },
    { says: 'One pod', line: 'restore-hooks cancel pod/db -n app' },
  ],
  exitCodes: [{ code: 0, says: 'it was asked for, if there was anything to cancel' }, ...failures],
} as const satisfies CommandSpec;

export const runCommands = [status, wait, logs, rerun, cancel] as const;
