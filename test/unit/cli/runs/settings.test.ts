import { describe, expect, it } from '@jest/globals';
import { readHookNumber, readRunsOptions, readTimeout } from '../../../../cli/runs/settings.ts';

const read = (positional: string | null, given: Readonly<Record<string, readonly string[]>> = {}) =>
  readRunsOptions(new Map(Object.entries(given)), positional, 'restore');

describe('readRunsOptions', () => {
  it.each([
    [null, {}, { namespace: null, target: null }],
    ['r1', {}, { namespace: null, target: { kind: 'restore', namespace: null, name: 'r1' } }],
    ['r1', { namespace: ['a'] }, { namespace: 'a', target: { kind: 'restore', namespace: null, name: 'r1' } }],
    ['a/db', {}, { namespace: 'a', target: { kind: 'pod', namespace: 'a', name: 'db' } }],
    ['a/db', { namespace: ['a'] }, { namespace: 'a', target: { kind: 'pod', namespace: 'a', name: 'db' } }],
    [null, { 'all-namespaces': [] }, { namespace: null, target: null }],
  ])('reads %j with %j', (positional, given, expected) => {
    const choice = { kubeconfig: null, context: null };
    expect(read(positional, given)).toEqual({ ok: true, value: { choice, ...expected } });
  });

  it('reads which cluster is meant', () => {
    expect(read(null, { kubeconfig: ['/k'], context: ['c'] })).toMatchObject({
      value: { choice: { kubeconfig: '/k', context: 'c' } },
    });
  });

  it.each([
    ['a/b/c', {}, 'a/b/c is none of NAME, pod/NAME, restore/NAME or NAMESPACE/POD'],
    ['', {}, '"" is none of NAME, pod/NAME, restore/NAME or NAMESPACE/POD'],
    ['a/db', { namespace: ['b'] }, 'a/db is not in the namespace b'],
    [null, { namespace: ['b'], 'all-namespaces': [] }, '--namespace and --all-namespaces exclude each other'],
  ])('refuses %j with %j', (positional, given, message) => {
    expect(read(positional, given)).toEqual({ ok: false, message });
  });
});

describe('readTimeout', () => {
  it.each([
    ['10m', 600_000],
    ['0', 0],
    ['1h30m', 5_400_000],
  ])('reads %s', (text, value) => {
    expect(readTimeout(text)).toEqual({ ok: true, value });
  });

  it.each(['10', '-1s', 'x'])('refuses %s', (text) => {
    expect(readTimeout(text)).toEqual({
      ok: false,
      message: `--timeout ${text} is no duration, such as 90s, 10m or 1h30m`,
    });
  });
});

describe('readHookNumber', () => {
  it.each([
    ['1', 1],
    ['12', 12],
  ])('reads %s', (text, value) => {
    expect(readHookNumber(text)).toEqual({ ok: true, value });
  });

  it.each(['0', '-1', '1.5', 'x', '01'])('refuses %s', (text) => {
    expect(readHookNumber(text)).toEqual({
      ok: false,
      message: `--hook ${text} is no number of a hook: 1 is the first`,
    });
  });
});
