import { bounds } from './bounds.ts';
import { environmentNotes } from './environment-notes.ts';
import { resourceNotes } from './resource-notes.ts';
import { securityNotes } from './security-notes.ts';
import type { Notes } from './shape-schema.ts';
import { volumeNotes } from './volume-notes.ts';

/** A number, since nothing is known of the length of a text that is chosen. */
const protocolOf = (port: string) =>
  `(!has(${port}.protocol) || ${port}.protocol == 'TCP' ? 0 : ${port}.protocol == 'UDP' ? 1 : 2)`;
const sameProtocol = `${protocolOf('p')} == ${protocolOf('q')}`;

/** Of every field of an init container but its name, image and command. */
export const containerNotes: Notes = {
  args: {
    description: `The arguments of the command, at most ${bounds.words}.`,
    maxItems: bounds.words,
  },
  'args[]': { description: 'One argument.', maxLength: bounds.word },
  imagePullPolicy: { description: 'When the image is pulled. Default: Always for the tag latest, else IfNotPresent.' },
  ports: {
    description: 'The ports that a sidecar listens on, at most 6.',
    maxItems: 6,
    'x-kubernetes-validations': [
      {
        rule: 'self.all(p, !has(p.name) || self.exists_one(q, has(q.name) && q.name == p.name))',
        message: 'must not have two ports of one name',
      },
      {
        rule: `self.all(p, !has(p.hostPort) || p.hostPort == 0 || self.exists_one(q, has(q.hostPort) && q.hostPort == p.hostPort && ${sameProtocol}))`,
        message: 'must not have one hostPort twice for one protocol',
      },
    ],
  },
  'ports[].containerPort': { description: 'The port.' },
  'ports[].hostIP': { description: "The node's address to which hostPort is bound." },
  'ports[].hostPort': { description: 'The port of the node that leads to it.' },
  'ports[].name': { description: 'A name for the port, at most 15 small letters, digits and -.' },
  'ports[].protocol': { description: 'The protocol. Default: TCP.' },
  restartPolicy: {
    description: 'Always makes it a native sidecar, which is started and not waited for. Default: it must complete.',
  },
  stdin: { description: 'Keep its standard input open. Default: false.' },
  stdinOnce: { description: 'Close the standard input after the first client. Default: false.' },
  terminationMessagePath: { description: 'The file of its last words. Default: /dev/termination-log.' },
  terminationMessagePolicy: { description: 'Where its last words are read from. Default: File.' },
  tty: { description: 'Give it a terminal. Default: false.' },
  workingDir: { description: "Where it runs. Default: the image's own." },
  ...environmentNotes,
  ...resourceNotes,
  ...securityNotes,
  ...volumeNotes,
};
