import { bounds } from './bounds.ts';
import { commandSchema, containerNameSchema, durationSchema, nameSchema } from './text-schemas.ts';
import type { Schema } from './schema.ts';

/** A command in a container of the restored pod. */
export const execSchema: Schema = {
  description:
    'A command that is executed in a container of the restored pod once that runs. Hooks of one container run one after the other, in their order; no two hooks of a pod run at once.',
  type: 'object',
  required: ['command'],
  properties: {
    name: nameSchema('What to call the hook in Events and records. It need not be unique.'),
    container: containerNameSchema(
      "The container to run in: one of the pod's containers, or a native sidecar among its init containers. Default: the first container.",
    ),
    command: commandSchema(
      `The program and its arguments, at most ${bounds.words}. No shell takes part unless it is named, as in [sh, -c, "psql < /backup/dump.sql"].`,
    ),
    onError: {
      description:
        'What a failure means. Continue: it is reported, and the next hook goes on. Fail: no hook of this restore is begun any more, in any pod, and the Restore becomes PartiallyFailed. Default: Continue.',
      type: 'string',
      enum: ['Continue', 'Fail'],
    },
    execTimeout: durationSchema('How long the command may take, a Go duration such as 45s or 1h30m. Default: 30s.'),
    waitTimeout: durationSchema(
      "How long after the pod's creation the command must have begun, a Go duration such as 5m; later it has failed and is not run. Default: no limit.",
    ),
    waitForReady: {
      description: 'Wait until the container is ready, not only running. Default: false.',
      type: 'boolean',
    },
    retries: {
      description: `How often a hook that failed is tried again, 0 to ${bounds.retries}; never one whose container is not there. Default: 0.`,
      type: 'integer',
      format: 'int64',
      minimum: 0,
      maximum: bounds.retries,
    },
    retryDelay: durationSchema(
      'How long to wait before the first retry, a Go duration such as 10s; it doubles with each further one, to at most 5m. Only with retries. Default: 5s.',
    ),
    onInterrupt: {
      description:
        'What to do if it cannot be known how the command ended, since the executor was lost meanwhile. Fail: it counts as failed, and has run at most once. Retry: it is run again, and has run at least once. Default: Fail.',
      type: 'string',
      enum: ['Fail', 'Retry'],
    },
  },
  'x-kubernetes-validations': [
    {
      rule: '!has(self.retryDelay) || has(self.retries) && self.retries > 0',
      message: 'has no effect without retries: set retries to 1 or more, or leave retryDelay out',
      fieldPath: '.retryDelay',
      reason: 'FieldValueForbidden',
    },
  ],
};
