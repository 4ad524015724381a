import { hookRunApiVersion, hookRunKind, hookRunPlural } from '../shared/hook-run.ts';
import { definitionOf } from './definition.ts';
import { hookRunSpecSchema } from './hook-run-spec.ts';
import { hookRunStatusSchema } from './hook-run-status.ts';

/** The CustomResourceDefinition of a HookRun, as the API server takes it. */
export const hookRunCrd = definitionOf({
  apiVersion: hookRunApiVersion,
  kind: hookRunKind,
  plural: hookRunPlural,
  shortName: 'hr',
  description:
    "The record of one restored pod's hooks: what was planned, how far it has come, and what each command said. The executor makes it, in the pod's namespace, keeps it while the pod exists and for some days after it finished, and runs nothing that it could not write down here before.",
  columns: columns(),
  spec: hookRunSpecSchema,
  status: hookRunStatusSchema,
});

function columns() {
  return [
    { name: 'Restore', type: 'string', jsonPath: '.spec.restore.label', description: 'By its label on the pod.' },
    { name: 'Pod', type: 'string', jsonPath: '.spec.pod.name', description: 'Whose hooks these are.' },
    { name: 'Phase', type: 'string', jsonPath: '.status.phase', description: 'How far all hooks have come.' },
    {
      name: 'Progress',
      type: 'string',
      jsonPath: '.status.progress',
      description: 'How many hooks have ended, of how many.',
    },
    {
      name: 'Age',
      type: 'date',
      jsonPath: '.metadata.creationTimestamp',
      description: 'Since the pod was first seen.',
    },
    {
      name: 'Problem',
      type: 'string',
      jsonPath: '.status.firstProblem',
      description: 'Which hook failed first, and why.',
      priority: 1,
    },
    {
      name: 'Failed',
      type: 'integer',
      jsonPath: '.status.failed',
      description: 'How many hooks ended and did not succeed.',
      priority: 1,
    },
    {
      name: 'Finished',
      type: 'date',
      jsonPath: '.status.finishedAt',
      description: 'How long ago the last hook ended.',
      priority: 1,
    },
  ];
}
