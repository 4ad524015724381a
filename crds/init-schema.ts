import { bounds } from './bounds.ts';
import { initContainerSchema } from './init-container-schema.ts';
import type { Schema } from './schema.ts';
import { durationSchema } from './text-schemas.ts';

/** Init containers of the restored pod. */
export const initSchema: Schema = {
  description:
    'Init containers that the restored pod begins with, after the one that waits for its volumes (restore-wait), before its own.',
  type: 'object',
  required: ['initContainers'],
  properties: {
    initContainers: {
      description: `The containers, in this order, 1 to ${bounds.containersOfHook}. Each needs name, image and command. A further hook takes further containers.`,
      type: 'array',
      minItems: 1,
      maxItems: bounds.containersOfHook,
      items: initContainerSchema,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
    },
    timeout: durationSchema(
      'How long they may take from the start of the first, a Go duration such as 10m; later the hook has failed. Default: no limit.',
    ),
  },
};
