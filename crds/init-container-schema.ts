import { containerShape } from '../shared/container-shape.ts';
import { bounds } from './bounds.ts';
import { containerNotes } from './container-notes.ts';
import type { Schema } from './schema.ts';
import { shapeSchema } from './shape-schema.ts';
import { commandSchema, containerNameSchema } from './text-schemas.ts';

const derived = shapeSchema(containerShape, '', containerNotes);

/** An init container: what its shape takes, and what a policy needs besides (hooks.md section 4). */
export const initContainerSchema: Schema = {
  ...derived,
  required: ['name', 'image', 'command'],
  properties: {
    name: containerNameSchema('Its name, at most 63 small letters, digits and -. No two in one rule have the same.', [
      {
        rule: `!(self in ['restore-wait', 'restic-wait'])`,
        message: 'is the name of the container in which Velero waits for volumes: choose another',
      },
    ]),
    image: {
      description: 'Its image.',
      type: 'string',
      maxLength: bounds.image,
      'x-kubernetes-validations': [
        { rule: String.raw`self.matches('^\\S+$')`, message: 'must be the name of an image, without white space' },
      ],
    },
    command: commandSchema(
      `The program and its first arguments, at most ${bounds.words}. No shell takes part unless it is named.`,
    ),
    ...derived.properties,
  },
  'x-kubernetes-validations': [
    {
      rule: `!has(self.volumeMounts) || has(self.securityContext) && has(self.securityContext.privileged) && self.securityContext.privileged || !self.volumeMounts.exists(m, has(m.mountPropagation) && m.mountPropagation == 'Bidirectional')`,
      message: 'must not be Bidirectional in a container that is not privileged',
      fieldPath: '.volumeMounts',
    },
    ...(['name', 'mountPath'] as const).map((field) => {
      const own = field === 'name' ? 'name' : 'devicePath';
      const mounted = `[self.volumeMounts.map(m, m.${field})]`;
      return {
        // The list of one list is made once, and not for each device.
        rule: `!has(self.volumeDevices) || !has(self.volumeMounts) || ${mounted}.all(mounted, self.volumeDevices.all(d, !(d.${own} in mounted)))`,
        message: `must not have a ${own} that is a ${field} in volumeMounts`,
        fieldPath: '.volumeDevices',
      };
    }),
  ],
};
