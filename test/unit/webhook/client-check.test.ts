import { describe, expect, it } from '@jest/globals';
import type { PeerCertificate } from 'node:tls';
import { namesOf } from '../../../webhook/client-check.ts';

const certificate = (subject: object, subjectaltname?: string) => ({ subject, subjectaltname }) as PeerCertificate;

describe('namesOf', () => {
  it.each([
    ['a common name', certificate({ CN: 'kube-apiserver' }), ['kube-apiserver']],
    ['several', certificate({ CN: ['one', 'two'] }), ['one', 'two']],
    ['none', certificate({ O: 'system:masters' }), []],
    [
      'alternative names of every kind',
      certificate({ CN: 'api' }, 'DNS:api.example.org, IP Address:10.0.0.1, email:a@b.c, URI:spiffe://x/y'),
      ['api', 'api.example.org', '10.0.0.1', 'a@b.c', 'spiffe://x/y'],
    ],
    [
      'one that pretends to be two',
      certificate({ CN: 'x' }, 'DNS:"a.example, DNS:kube-apiserver", DNS:b.example'),
      ['x', 'a.example, DNS:kube-apiserver', 'b.example'],
    ],
    [
      'one with a quote in it',
      certificate({ CN: 'x' }, String.raw`URI:"a\", DNS:kube-apiserver"`),
      ['x', 'a", DNS:kube-apiserver'],
    ],
  ])('finds %s', (_, given, names) => {
    expect(namesOf(given)).toEqual(names);
  });
});
