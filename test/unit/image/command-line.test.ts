import { describe, expect, it } from '@jest/globals';
import { choose, usage } from '../../../image/command-line.ts';

describe('choose', () => {
  it.each([
    { args: ['webhook'], part: 'webhook' },
    { args: ['executor'], part: 'executor' },
    { args: ['executor', 'give-back'], part: 'executor' },
    { args: ['certs', 'keep'], part: 'certs' },
    { args: ['certs', '--help'], part: 'certs' },
  ])('starts $part for $args', ({ args, part }) => {
    expect(choose(args, '1.2.3')).toEqual({ kind: 'part', part });
  });

  it.each([
    { args: ['--version'], text: '1.2.3' },
    { args: ['--help'], text: usage },
  ])('prints what $args asks for', ({ args, text }) => {
    expect(choose(args, '1.2.3')).toEqual({ kind: 'print', text });
  });

  it.each([
    { args: [], wrong: 'which part?' },
    { args: ['sh', '-c', 'id'], wrong: 'there is no part called "sh"' },
    { args: ['Webhook'], wrong: 'there is no part called "Webhook"' },
    { args: [''], wrong: 'there is no part called ""' },
    { args: ['constructor'], wrong: 'there is no part called "constructor"' },
  ])('refuses $args, and says what there is', ({ args, wrong }) => {
    expect(choose(args, '1.2.3')).toEqual({ kind: 'misuse', text: `${wrong}\n\n${usage}` });
  });
});
