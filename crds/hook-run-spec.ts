import type { HookSource, OnError, OnInterrupt } from '../shared/hook.ts';
import type { HookRunExec, HookRunInit, HookRunRestore, HookRunSpec } from '../shared/hook-run.ts';
import { hookRunBounds as bounds } from './hook-run-bounds.ts';
import type { Schema } from './schema.ts';
import {
  countSchema,
  listSchema,
  millisecondsSchema,
  nullable,
  objectOf,
  optional,
  required,
  textSchema,
  timeSchema,
  wordOf,
} from './typed-schema.ts';

const sourceSchema = wordOf<HookSource>('Where the hook was asked for.', {
  annotation: "Velero's annotations of the pod",
  'own-annotation': 'a list in an annotation of restorehooks.io',
  restore: 'the Restore',
  policy: 'a RestoreHookPolicy',
});
const ruleSchema = textSchema("The rule's name in the Restore; POLICY/RULE of a policy's.");

const podSchema = objectOf<HookRunSpec['pod']>('Whose hooks these are.', {
  name: required(textSchema("The pod's name.", bounds.name)),
  uid: required(textSchema("The pod's UID: another pod of the name is not meant.", bounds.name)),
});

const restoreSchema = objectOf<HookRunRestore>('The restore that brought the pod.', {
  label: required(textSchema("The value of the pod's restore label, which may be empty.", bounds.label)),
  name: optional(textSchema('The name of the Restore, where there is one.', bounds.name)),
  namespace: optional(textSchema('The namespace of the Restore.', bounds.name)),
  uid: optional(textSchema('The UID of the Restore.', bounds.name)),
});

const initSchema = objectOf<HookRunInit>('', {
  name: required(textSchema('The name of the init container in the pod.')),
  image: optional(textSchema('Its image.')),
  timeoutMs: optional(
    millisecondsSchema(
      'In how many milliseconds from the start of the first of them it must have completed. Absent: there is no limit.',
    ),
  ),
  source: required(sourceSchema),
  rule: optional(ruleSchema),
});

const execSchema = objectOf<HookRunExec>('', {
  name: optional(textSchema('What its list calls it.')),
  container: required(textSchema('The container that it runs in.')),
  command: required(listSchema('The program and its arguments.', { type: 'string' }, bounds.words)),
  onError: required(
    wordOf<OnError>('What a failure means.', {
      Continue: 'the next hook goes on',
      Fail: 'no hook of this restore is begun any more',
    }),
  ),
  execTimeoutMs: required(millisecondsSchema('How many milliseconds the command may take.')),
  waitTimeoutMs: optional(
    millisecondsSchema(
      'In how many milliseconds from the creation of the pod, or from the request for a rerun, it must have begun. Absent: as long as the pod lives.',
    ),
  ),
  waitForReady: required({
    description: 'Whether it waits until the container is ready, not only running.',
    type: 'boolean',
  }),
  retries: required(countSchema('How many further attempts follow one that failed.')),
  retryDelayMs: required(
    millisecondsSchema(
      'How many milliseconds pass before the first of them; it doubles with each, to at most 5 minutes.',
    ),
  ),
  onInterrupt: required(
    wordOf<OnInterrupt>('What counts if the executor was lost while the command ran.', {
      Fail: 'it has failed, and has run at most once',
      Retry: 'it is run again, and has run at least once',
    }),
  ),
  source: required(sourceSchema),
  rule: optional(ruleSchema),
  policyNamespace: optional(textSchema('The namespace of the policy that it is of.', bounds.name)),
});

/** The plan, and the two fields that users may write. */
export const hookRunSpecSchema: Schema = objectOf<HookRunSpec>(
  'The plan as it was when the pod was first seen: later edits of annotations change nothing. rerun and cancel are for users; all else is for the executor.',
  {
    pod: required(podSchema),
    restore: required(restoreSchema),
    run: required(countSchema('1, and one more with each rerun.', 1)),
    unrun: nullable(
      wordOf<NonNullable<HookRunSpec['unrun']>>('Why none of it is run; absent: it is.', {
        Missed: 'the pod came past the webhook, or its hooks cannot be read any more',
        TooLarge: 'the plan exceeds what a HookRun can hold',
      }),
    ),
    init: required(listSchema('The init containers that were injected, in their order.', initSchema, bounds.hooks)),
    exec: required(listSchema('The commands, in the order in which they were asked for.', execSchema, bounds.hooks)),
    rerun: nullable(
      timeSchema(
        'Runs all hooks again, as they are asked for now: the time of the request. Each new value is a new request. It needs the right to create pods/exec in this namespace.',
      ),
    ),
    cancel: nullable({
      description:
        'If true, no hook of the pod that has not begun is begun any more; what runs is let finish. It needs the right to create pods/exec in this namespace.',
      type: 'boolean',
    }),
  },
);
