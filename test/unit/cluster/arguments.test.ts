import { describe, expect, it } from '@jest/globals';
import { parseArguments, type Command } from '../../cluster/arguments.ts';

describe('parseArguments', () => {
  it.each<[string, Command]>([
    ['', { kind: 'help' }],
    ['--help', { kind: 'help' }],
    ['up --help', { kind: 'help' }],
    ['up', { kind: 'up', name: 'default', foreground: false, images: [] }],
    [
      'up --name a --foreground --image postgres --image=busybox',
      { kind: 'up', name: 'a', foreground: true, images: ['postgres', 'busybox'] },
    ],
    ['--name=a down', { kind: 'down', name: 'a', all: false }],
    ['down --all', { kind: 'down', name: 'default', all: true }],
    ['status', { kind: 'status' }],
    ['kubeconfig --content', { kind: 'kubeconfig', name: 'default', content: true }],
    [
      'exec kubectl get pods --name --help -n x',
      { kind: 'exec', name: 'default', node: false, command: 'kubectl get pods --name --help -n x'.split(' ') },
    ],
    ['exec --node --name a -- --odd', { kind: 'exec', name: 'a', node: true, command: ['--odd'] }],
  ])('reads "%s"', (line, command) => {
    expect(parseArguments(line === '' ? [] : line.split(' '))).toEqual({ command });
  });

  it.each([
    ['start', 'cluster does not take "start"'],
    ['--name a', 'which command?'],
    ['up --name', '--name needs a value'],
    ['up --name=', '--name needs a value'],
    ['up --image nginx', 'there is no image called nginx'],
    ['up --all', 'up does not take "--all"'],
    ['status more', 'status does not take "more"'],
    ['down --image postgres', 'down does not take "--image"'],
    ['exec --node', 'exec needs a command to run'],
    ['exec --foreground ls', 'exec does not take "--foreground"'],
  ])('refuses "%s"', (line, error) => {
    expect(parseArguments(line.split(' '))).toEqual({ error });
  });
});
