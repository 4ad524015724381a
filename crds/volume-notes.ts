import { bounds } from './bounds.ts';
import type { Notes } from './shape-schema.ts';

const relative = 'no / at its beginning, and no .. in it';

export const volumeNotes: Notes = {
  volumeDevices: {
    description: 'Block volumes of the pod, at most 4.',
    maxItems: 4,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['devicePath'],
    'x-kubernetes-validations': [
      {
        rule: 'self.all(d, self.exists_one(e, e.name == d.name))',
        message: 'must not have one volume twice',
      },
    ],
  },
  'volumeDevices[].devicePath': { description: 'The path of the device in the container; no .. in it.' },
  'volumeDevices[].name': { description: "The pod's volume.", minLength: 1, maxLength: bounds.name },
  volumeMounts: {
    description:
      'What is mounted of the volumes of the pod, at most 32. A mount of a volume that a pod has not is left out.',
    maxItems: bounds.list,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['mountPath'],
  },
  'volumeMounts[]': {
    description: 'One mount.',
    'x-kubernetes-validations': [
      {
        rule: `!has(self.subPath) || self.subPath == '' || !has(self.subPathExpr) || self.subPathExpr == ''`,
        message: 'must not stand beside subPath: remove one of them',
        fieldPath: '.subPathExpr',
        reason: 'FieldValueForbidden',
      },
      {
        rule: `!has(self.recursiveReadOnly) || self.recursiveReadOnly == 'Disabled' || has(self.readOnly) && self.readOnly && (!has(self.mountPropagation) || self.mountPropagation == 'None')`,
        message: 'needs readOnly: true and no mountPropagation',
        fieldPath: '.recursiveReadOnly',
      },
    ],
  },
  'volumeMounts[].mountPath': { description: 'Where, in the container. No path twice.' },
  'volumeMounts[].mountPropagation': {
    description:
      'Whether mounts made later are seen on both sides. Bidirectional needs a privileged container. Default: None.',
  },
  'volumeMounts[].name': { description: "The pod's volume.", minLength: 1, maxLength: bounds.name },
  'volumeMounts[].readOnly': { description: 'Refuse writes. Default: false.' },
  'volumeMounts[].recursiveReadOnly': { description: 'Refuse writes to mounts below it too. Default: Disabled.' },
  'volumeMounts[].subPath': { description: `A path inside the volume: ${relative}. Default: the whole volume.` },
  'volumeMounts[].subPathExpr': { description: `As subPath, with $(NAME) for variables: ${relative}.` },
};
