import { describe, expect, it } from '@jest/globals';
import { followLine, leftOut, requestChange } from '../../../../cli/runs/request.ts';
import { readRun } from '../../../../cli/runs/view.ts';
import type { HookRunPhase } from '../../../../shared/hook-run.ts';
import { buildHookRun } from '../../../support/hook-runs.ts';
import { createdAtMs } from '../../../support/pods.ts';

describe('requestChange', () => {
  it.each([
    ['rerun', { spec: { rerun: '2026-03-01T10:00:00.007Z', cancel: null } }],
    ['cancel', { spec: { cancel: true } }],
  ] as const)('asks for a %s', (request, expected) => {
    expect(requestChange(request, createdAtMs + 7)).toEqual(expected);
  });
});

describe('leftOut', () => {
  it.each<['rerun' | 'cancel', HookRunPhase, boolean, string | null]>([
    ['rerun', 'Succeeded', false, null],
    ['rerun', 'Succeeded', true, 'its hooks have succeeded'],
    ['rerun', 'Failed', true, null],
    ['rerun', 'Missed', true, null],
    ['rerun', 'Cancelled', true, null],
    ['rerun', 'Running', true, null],
    ['cancel', 'Waiting', false, null],
    ['cancel', 'Running', false, null],
    ['cancel', 'Failed', false, 'its hooks have finished'],
    ['cancel', 'Missed', false, 'its hooks have finished'],
  ])('%s of a run in phase %s, only failed: %j: %j', (request, phase, onlyFailed, expected) => {
    expect(leftOut(request, readRun(buildHookRun({ status: { phase } })), onlyFailed)).toBe(expected);
  });
});

describe('followLine', () => {
  const runs = [readRun(buildHookRun())];
  it.each([
    ['pod', null, 'restore-hooks status shop/db --watch'],
    ['pod', 'shop', 'restore-hooks status shop/db --watch'],
    ['restore', null, 'restore-hooks status restore/nightly --watch'],
    ['restore', 'shop', 'restore-hooks status restore/nightly -n shop --watch'],
  ] as const)('of a %s, in %j', (kind, namespace, expected) => {
    expect(followLine('restore-hooks', kind, runs, namespace)).toBe(expected);
  });
});
