import { describe, expect, it } from '@jest/globals';
import { readPlanOptions, type PlanOptions } from '../../../../cli/plan/settings.ts';

const files = ['a.yaml'];

function read(given: Readonly<Record<string, readonly string[]>>) {
  return readPlanOptions(new Map(Object.entries(given)));
}

describe('readPlanOptions', () => {
  it('has defaults for all but the files', () => {
    expect(read({ filename: files })).toEqual({
      ok: true,
      options: {
        files,
        format: 'table',
        mode: 'standalone',
        namespace: 'default',
        asRestored: null,
        live: null,
        systemNamespace: 'restore-hooks',
        scope: { labelKey: 'velero.io/restore-name', excludedNamespaces: ['kube-system', 'restore-hooks'] },
        inherit: [],
        takeoverNamespaces: null,
      },
    });
  });

  it.each<[string, Record<string, string[]>, Partial<PlanOptions>]>([
    ['the mode', { mode: ['auto'] }, { mode: 'auto' }],
    ['the format', { output: ['yaml'] }, { format: 'yaml' }],
    ['the namespace', { namespace: ['shop'] }, { namespace: 'shop' }],
    ['a Restore', { 'as-restored': ['r2'] }, { asRestored: { name: 'r2' } }],
    ['the only Restore', { 'as-restored': [''] }, { asRestored: { name: null } }],
    [
      'what is inherited, in its own order',
      { inherit: ['resources', 'securityContext'] },
      { inherit: ['securityContext', 'resources'] },
    ],
    ['namespaces to take over', { 'takeover-namespaces': ['a', 'b'] }, { takeoverNamespaces: ['a', 'b'] }],
    ['no list of namespaces to take over', { 'takeover-namespaces': [] }, { takeoverNamespaces: null }],
    [
      'another system namespace, excluded in place of the default one',
      { 'system-namespace': ['hooks'] },
      {
        systemNamespace: 'hooks',
        scope: { labelKey: 'velero.io/restore-name', excludedNamespaces: ['kube-system', 'hooks'] },
      },
    ],
    [
      'other excluded namespaces, and another label',
      { 'exclude-namespaces': ['x'], 'restore-label': ['tool.io/restore'] },
      { scope: { labelKey: 'tool.io/restore', excludedNamespaces: ['x'] } },
    ],
    [
      'no excluded namespaces',
      { 'exclude-namespaces': [] },
      { scope: { labelKey: 'velero.io/restore-name', excludedNamespaces: [] } },
    ],
    ['the cluster', { live: [] }, { live: { kubeconfig: null, context: null, restoreNamespaces: ['velero'] } }],
    [
      'a certain cluster',
      { live: [], kubeconfig: ['k'], context: ['c'], 'restore-namespaces': ['a', 'b', 'a'] },
      { live: { kubeconfig: 'k', context: 'c', restoreNamespaces: ['a', 'b'] } },
    ],
    [
      'all namespaces, by *',
      { live: [], 'restore-namespaces': ['a', '*'] },
      { live: { kubeconfig: null, context: null, restoreNamespaces: null } },
    ],
    [
      'all namespaces, by all',
      { live: [], 'restore-namespaces': ['all'] },
      { live: { kubeconfig: null, context: null, restoreNamespaces: null } },
    ],
  ])('reads %s', (_title, given, expected) => {
    expect(read({ filename: files, ...given })).toMatchObject({ ok: true, options: expected });
  });

  it.each<[string, Record<string, string[]>, string]>([
    ['no files', {}, 'files are missing: -f FILE, or -f - for standard input'],
    [
      'a kubeconfig without --live',
      { filename: files, kubeconfig: ['k'] },
      '--kubeconfig means nothing without --live',
    ],
    ['a context without --live', { filename: files, context: ['c'] }, '--context means nothing without --live'],
    [
      'namespaces of Restores without --live',
      { filename: files, 'restore-namespaces': ['a'] },
      '--restore-namespaces means nothing without --live',
    ],
  ])('refuses %s', (_title, given, message) => {
    expect(read(given)).toEqual({ ok: false, message });
  });
});
