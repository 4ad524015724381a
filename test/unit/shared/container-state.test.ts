import { describe, expect, it } from '@jest/globals';
import { isHookable, viewContainer } from '../../../shared/container-state.ts';
import type { Container, ContainerStatus } from '../../../shared/pod.ts';
import { at, buildPod, createdAtMs, endedStatus, runningStatus, waitingStatus } from '../../support/pods.ts';

const second = 1000;
const view = (status: ContainerStatus | null, container: Container = { name: 'a' }, restartPolicy = 'Always') =>
  viewContainer(buildPod({ containers: [container], statuses: status === null ? [] : [status], restartPolicy }), 'a');

describe('viewContainer', () => {
  it.each([
    { name: 'no status yet', status: null, expected: { is: 'coming', upSinceMs: null } },
    { name: 'waiting', status: waitingStatus('a'), expected: { is: 'coming', upSinceMs: null } },
    {
      name: 'running',
      status: runningStatus('a', 3),
      expected: { is: 'running', containerID: 'containerd://a', ready: false, upSinceMs: createdAtMs + 3 * second },
    },
    { name: 'ready', status: runningStatus('a', 3, { ready: true }), expected: { is: 'running', ready: true } },
    {
      name: 'running, of no known start',
      status: runningStatus('a', 3, { state: { running: {} } }),
      expected: { is: 'running', upSinceMs: null },
    },
    {
      name: 'running, of a start that cannot be read',
      status: runningStatus('a', 3, { state: { running: { startedAt: 'yesterday' } } }),
      expected: { is: 'running', upSinceMs: null },
    },
    {
      name: 'running without an ID, so that no exec could be compared with it',
      status: { name: 'a', state: { running: { startedAt: at(3) } } },
      expected: { is: 'coming', upSinceMs: createdAtMs + 3 * second },
    },
    {
      name: 'running again: up since its first start',
      status: runningStatus('a', 90, { lastState: { terminated: { exitCode: 1, startedAt: at(5) } } }),
      expected: { is: 'running', upSinceMs: createdAtMs + 5 * second },
    },
    {
      name: 'ended, and to be restarted',
      status: endedStatus('a', 1, { state: { terminated: { exitCode: 1, startedAt: at(5) } } }),
      expected: { is: 'coming', upSinceMs: createdAtMs + 5 * second },
    },
    {
      name: 'waiting to be restarted (CrashLoopBackOff)',
      status: waitingStatus('a', { lastState: { terminated: { exitCode: 1, startedAt: at(5) } } }),
      expected: { is: 'coming', upSinceMs: createdAtMs + 5 * second },
    },
    { name: 'of another name', status: runningStatus('b', 3), expected: { is: 'coming', upSinceMs: null } },
  ])('$name: $expected.is', ({ status, expected }) => {
    expect(view(status)).toMatchObject(expected);
  });

  it.each([
    { policy: 'Always', exitCode: 0, is: 'coming' },
    { policy: 'Always', exitCode: 1, is: 'coming' },
    { policy: 'OnFailure', exitCode: 0, is: 'completed' },
    { policy: 'OnFailure', exitCode: 1, is: 'coming' },
    { policy: 'Never', exitCode: 0, is: 'completed' },
    { policy: 'Never', exitCode: 137, is: 'completed' },
  ])('ended with $exitCode under $policy: $is', ({ policy, exitCode, is }) => {
    expect(view(endedStatus('a', exitCode), { name: 'a' }, policy)).toMatchObject({ is });
  });

  const rule = (operator: string, values: number[], action = 'Restart') => ({
    name: 'a',
    restartPolicy: 'Never',
    restartPolicyRules: [{ action, exitCodes: { operator, values } }],
  });
  it.each([
    { name: 'In, and listed', container: rule('In', [1, 2]), is: 'coming' },
    { name: 'In, and not listed', container: rule('In', [2]), is: 'completed' },
    { name: 'NotIn, and listed', container: rule('NotIn', [1]), is: 'completed' },
    { name: 'NotIn, and not listed', container: rule('NotIn', [2]), is: 'coming' },
    { name: 'another action', container: rule('In', [1], 'Other'), is: 'completed' },
    {
      name: 'no exit codes',
      container: { name: 'a', restartPolicy: 'Never', restartPolicyRules: [{ action: 'Restart' }] },
      is: 'completed',
    },
  ])('ended with 1 under a rule of its own, $name: $is', ({ container, is }) => {
    expect(view(endedStatus('a', 1), container)).toMatchObject({ is });
  });

  it('its own restartPolicy counts before the pod’s', () => {
    expect(view(endedStatus('a', 1), { name: 'a', restartPolicy: 'Always' }, 'Never')).toMatchObject({ is: 'coming' });
  });

  it('sees native sidecars, and neither ordinary init containers nor ephemeral ones', () => {
    const pod = buildPod({
      containers: [{ name: 'a' }],
      initContainers: [{ name: 'setup' }, { name: 'proxy', restartPolicy: 'Always' }],
      initStatuses: [runningStatus('setup', 1), runningStatus('proxy', 2)],
    });
    const debugged = { ...pod, spec: { ...pod.spec, ephemeralContainers: [{ name: 'debug' }] } };
    const names = ['a', 'setup', 'proxy', 'debug', 'nosuch'];
    expect(names.filter((name) => isHookable(debugged, name))).toEqual(['a', 'proxy']);
    expect(viewContainer(debugged, 'proxy').is).toBe('running');
    for (const name of ['setup', 'debug', 'nosuch']) expect(viewContainer(debugged, name)).toEqual({ is: 'missing' });
  });

  it('survives a pod without a status, and lists that are null', () => {
    const { metadata, spec } = buildPod();
    const status = { containerStatuses: null, initContainerStatuses: null };
    expect(viewContainer({ metadata, spec }, 'a')).toEqual({ is: 'coming', upSinceMs: null });
    expect(viewContainer({ metadata, spec: { ...spec, initContainers: null }, status }, 'a').is).toBe('coming');
  });
});
