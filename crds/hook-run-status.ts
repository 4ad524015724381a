import type {
  HookRunClaim,
  HookRunEarlier,
  HookRunExecStatus,
  HookRunInitStatus,
  HookRunPhase,
  HookRunStatus,
} from '../shared/hook-run.ts';
import type { OutputTail } from '../shared/outcome.ts';
import type { HookState } from '../shared/record.ts';
import { hookRunBounds as bounds } from './hook-run-bounds.ts';
import type { Schema } from './schema.ts';
import {
  countSchema,
  listSchema,
  nullable,
  objectOf,
  optional,
  required,
  textSchema,
  timeSchema,
  wordOf,
} from './typed-schema.ts';

const phaseSchema = wordOf<HookRunPhase>('How far all hooks of the pod have come.', {
  Waiting: 'none has begun',
  Running: 'some have begun, and not all have ended',
  Succeeded: 'all have succeeded',
  Failed: 'all have ended, and not all have succeeded',
  Cancelled: 'some were cancelled, and none failed',
  Missed: 'nothing was run, since the pod came past the webhook; rerun runs it',
  TooLarge: 'nothing was run, since the plan exceeds what a HookRun can hold',
});

/** A reason is no enumeration: that of a newer executor is to be told, too. */
const reasonSchema = textSchema('Why, in one word.', bounds.word);
const messageSchema = textSchema('Why, for people.');
const startedSchema = timeSchema('When it began.');
const finishedSchema = timeSchema('When it ended.');
const exitCodeSchema: Schema = {
  description: 'The exit code, where there is one.',
  type: 'integer',
  format: 'int64',
};

const tailSchema = (stream: string) =>
  objectOf<OutputTail>(`The end of what the command wrote to ${stream}.`, {
    text: required(textSchema('The last bytes, as text.', bounds.output)),
    droppedBytes: required(countSchema('How many bytes before them were not kept.')),
  });

const claimSchema = objectOf<HookRunClaim>(
  'Which executor is to send the command; written before it is sent, and removed when its end is written.',
  {
    id: required(textSchema('Of this attempt.', bounds.word)),
    holder: required(textSchema("The executor's identity, which its Lease bears.", bounds.word)),
    at: required(timeSchema('When it was claimed.')),
    containerID: required(textSchema('The ID of the container that it runs in.', bounds.word)),
    group: nullable(countSchema("The command's process group in the container, once it is known.")),
  },
);

/** What a newer version has written is kept by an API server that has this definition, after a rollback for one. */
const open = { 'x-kubernetes-preserve-unknown-fields': true } as const;

const initSchema = objectOf<HookRunInitStatus>('', {
  name: required(textSchema('The name of the init container in the pod.')),
  state: required(
    wordOf<HookRunInitStatus['state']>('How far it has come.', {
      Waiting: 'it has not begun',
      Running: 'it runs',
      Succeeded: 'its exit code was 0',
      Failed: 'it failed, or was too late',
      Cancelled: 'it was not run, since another hook failed',
      Interrupted: 'how it ended cannot be known',
      Skipped: 'it was not to be run',
    }),
  ),
  reason: nullable(reasonSchema),
  message: nullable(messageSchema),
  exitCode: nullable(exitCodeSchema),
  startedAt: nullable(startedSchema),
  finishedAt: nullable(finishedSchema),
});

const execSchema = objectOf<HookRunExecStatus>('', {
  state: required(
    wordOf<HookState>('How far it has come.', {
      Waiting: 'it has not begun, or waits for its next attempt',
      Claimed: 'its command is about to be sent, or was, and its end is not known yet',
      Succeeded: 'its exit code was 0',
      Failed: 'it failed',
      Cancelled: 'it was not run, since a hook with onError Fail failed, or by request',
      Interrupted: 'the executor that had claimed it is gone; whether it ran, and how it ended, cannot be known',
      Skipped: 'it was never to be run by this record',
    }),
  ),
  reason: nullable(reasonSchema),
  message: nullable(messageSchema),
  attempts: required(countSchema('How often the command was claimed to be sent.')),
  claim: nullable(claimSchema),
  retryAt: nullable(timeSchema('Before it no further attempt is made.')),
  startedAt: nullable(startedSchema),
  finishedAt: nullable(finishedSchema),
  exitCode: nullable(exitCodeSchema),
  stdout: nullable(tailSchema('stdout')),
  stderr: nullable(tailSchema('stderr')),
  predecessorUnknown: optional({
    description: 'Whether an earlier command may still have been running when this one began.',
    type: 'boolean',
  }),
});
const execsSchema = listSchema('Of each command, in the order of the spec.', { ...execSchema, ...open }, bounds.hooks);

const problemSchema = textSchema('Which hook failed first, and why.');

const earlierSchema = objectOf<HookRunEarlier>('', {
  run: required(countSchema('Which run it was.', 1)),
  phase: required(phaseSchema),
  startedAt: nullable(startedSchema),
  finishedAt: nullable(finishedSchema),
  firstProblem: nullable(problemSchema),
  exec: required(execsSchema),
});

const statusSchema = objectOf<HookRunStatus>('What has come of it, as the executor tells.', {
  phase: required(phaseSchema),
  run: required(countSchema('Of which spec.run this is the status.', 1)),
  total: required(countSchema('How many hooks there are, init containers included.')),
  done: required(countSchema('How many have ended, however they ended.')),
  succeeded: required(countSchema('How many have succeeded.')),
  failed: required(countSchema('How many have ended and not succeeded, the cancelled ones included.')),
  progress: required(textSchema('done/total.', bounds.word)),
  observedSince: required(timeSchema('Since when an executor has looked at the pod: time before it expires nothing.')),
  startedAt: nullable(timeSchema('When the first hook began.')),
  finishedAt: nullable(timeSchema('When the last hook ended.')),
  firstProblem: nullable(problemSchema),
  init: optional(
    listSchema('Of each init container, in the order of the spec.', { ...initSchema, ...open }, bounds.hooks),
  ),
  exec: optional(execsSchema),
  rerun: nullable(timeSchema('The value of spec.rerun that this run answers.')),
  earlier: optional(
    listSchema('The results of the runs before a rerun, the newest first.', earlierSchema, bounds.earlier),
  ),
});

/** What has come of the plan. */
export const hookRunStatusSchema: Schema = { ...statusSchema, ...open };
