import { describe, expect, it } from '@jest/globals';
import type { ExecHook } from '../../../shared/hook.ts';
import { planPod } from '../../../shared/plan.ts';
import type { Container } from '../../../shared/pod.ts';
import { buildHook, buildPlan, buildPod } from '../../support/pods.ts';

const init = 'restorehooks.io/init';
const exec = 'restorehooks.io/exec';

function planWith(annotations: Record<string, string>, containers?: readonly Container[]) {
  return planPod(buildPod({ metadata: { annotations }, ...(containers && { containers }) }));
}

describe('planPod, own exec list', () => {
  it('plans every hook, in order, after the annotation’s', () => {
    const plan = planWith({
      'post.hook.restore.velero.io/command': '/bin/true',
      [exec]:
        '- {name: load, container: b, command: [psql, -l], onError: Fail, execTimeout: 1m, waitTimeout: 5m, waitForReady: true, retries: 2, retryDelay: 1s, onInterrupt: Retry}\n- command: /bin/true',
    });
    const own = { source: 'own-annotation' } as const;
    const load = {
      onError: 'Fail',
      execTimeoutMs: 60_000,
      waitTimeoutMs: 300_000,
      waitForReady: true,
      retries: 2,
      retryDelayMs: 1_000,
      onInterrupt: 'Retry',
    } as const;
    expect(plan.exec).toEqual([
      buildHook('a'),
      buildHook('b', { ...own, ...load, command: ['psql', '-l'], name: 'load' }),
      buildHook('a', own),
    ]);
    expect(plan.warnings).toEqual([]);
  });

  it.each<[string, string, Partial<ExecHook> | null, string]>([
    ['execTimeout', '45', {}, '"45" is no duration such as 1m30s: 30s is taken'],
    ['execTimeout', '-1s', {}, '"-1s" is negative: 30s is taken'],
    ['waitTimeout', '{}', {}, '"{}" is no duration such as 1m30s: no limit is set'],
    ['onError', 'fail', {}, '"fail" is neither Fail nor Continue: Continue is taken'],
    ['waitForReady', 'yes', {}, '"yes" is neither true nor false: false is taken'],
    ['waitForReady', '"T"', { waitForReady: true }, ''],
    ['name', '5', {}, 'is no text: left out'],
    ['container', '5', null, 'is no text: no hook'],
    ['container', 'c', { container: 'c' }, '"c" is no container of this pod: the hook will fail'],
    ['command', '[]', null, '"[]" is an empty command: no hook'],
    ['command', '""', null, '"" is an empty command: no hook'],
    ['command', '[1]', null, 'is a number, not text: no hook'],
    ['command', '\'["a", "b"]\'', { command: ['a', 'b'] }, ''],
    ['command', "'[1]'", { command: ['[1]'] }, '"[1]" is no JSON array of strings: taken as one single argument'],
    ['retries', '3', { retries: 3 }, ''],
    ['retries', '100', { retries: 100 }, ''],
    ['retries', '-0', { retries: 0 }, ''],
    ['retries', '~', {}, ''],
    ['retries', '101', {}, '"101" is no whole number from 0 to 100: 0 is taken'],
    ['retries', '-1', {}, '"-1" is no whole number from 0 to 100: 0 is taken'],
    ['retries', '1.5', {}, '"1.5" is no whole number from 0 to 100: 0 is taken'],
    ['retries', '"3"', {}, '"3" is no whole number from 0 to 100: 0 is taken'],
    ['retries', '[3]', {}, '"[3]" is no whole number from 0 to 100: 0 is taken'],
    ['retryDelay', '1m30s', { retryDelayMs: 90_000 }, ''],
    ['retryDelay', '~', {}, ''],
    ['retryDelay', '"0"', {}, ''],
    ['retryDelay', '0s', {}, ''],
    ['retryDelay', '-5s', {}, '"-5s" is negative: 5s is taken'],
    ['retryDelay', 'soon', {}, '"soon" is no duration such as 1m30s: 5s is taken'],
    ['retryDelay', '5', {}, '"5" is no duration such as 1m30s: 5s is taken'],
    ['onInterrupt', 'Retry', { onInterrupt: 'Retry' }, ''],
    ['onInterrupt', 'Fail', {}, ''],
    ['onInterrupt', '~', {}, ''],
    ['onInterrupt', 'retry', {}, '"retry" is neither Fail nor Retry: Fail is taken'],
    ['onInterrupt', 'true', {}, '"true" is neither Fail nor Retry: Fail is taken'],
    ['on-error', 'Fail', {}, 'is unknown and ignored'],
    ['execTimeout', '~', {}, ''],
  ])('with %s: %s', (field, value, fields, says) => {
    const plan = planWith({ [exec]: `- ${field === 'command' ? '' : 'command: /bin/true\n  '}${field}: ${value}` });
    expect(plan.exec).toEqual(fields === null ? [] : [buildHook('a', { source: 'own-annotation', ...fields })]);
    const texts = plan.warnings.map(({ text }) => text);
    expect(texts).toEqual(says === '' ? [] : [expect.stringContaining(says)]);
    for (const text of texts) expect(text.startsWith(`${exec}[0]`)).toBe(true);
  });

  it.each(['', '[]', '~', '# nothing'])('holds no hook and says nothing if it is %j', (text) => {
    expect(planWith({ [exec]: text, [init]: text })).toEqual(buildPlan());
  });

  it('is cut at a hundred hooks, and at fifty warnings', () => {
    const plan = planWith({ [exec]: JSON.stringify(Array.from({ length: 200 }, () => ({ command: 'x', bad: 1 }))) });
    expect(plan.exec).toHaveLength(100);
    expect(plan.warnings).toHaveLength(51);
    expect(plan.warnings[0]?.code).toBe('TooManyHooks');
    expect(plan.warnings.at(-1)?.text).toBe(`${exec} has 51 more problems`);
  });
});

describe('planPod, inherit', () => {
  const words = { 'restorehooks.io/inherit': ' securityContext,volumeMounts , resources' };
  const heirOf = (own: object, first: object) => {
    const hook = { name: 'hook', image: 'alpine', ...own };
    const plan = planWith({ ...words, [init]: JSON.stringify([hook]) }, [{ name: 'main', ...first }]);
    return plan.init[0]?.container;
  };

  it.each<[string, object, object, object]>([
    [
      'fills a security context field by field',
      { securityContext: { runAsUser: 5 } },
      { securityContext: { runAsUser: 1, runAsNonRoot: true } },
      { securityContext: { runAsUser: 5, runAsNonRoot: true } },
    ],
    [
      'takes nothing that contradicts the hook’s own rights',
      { securityContext: { privileged: true } },
      { securityContext: { allowPrivilegeEscalation: false, runAsUser: 1 } },
      { securityContext: { privileged: true, runAsUser: 1 } },
    ],
    [
      'takes amounts that the hook has not',
      { resources: { requests: { cpu: '2' } } },
      { resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1', memory: '1Gi' } } },
      { resources: { limits: { memory: '1Gi' }, requests: { cpu: '2', memory: '1Gi' } } },
    ],
    [
      'takes mounts, but none that its own variables make',
      {},
      {
        volumeMounts: [
          { name: 'v', mountPath: '/v' },
          { name: 'v', mountPath: '/w', subPathExpr: '$(A)' },
        ],
      },
      { volumeMounts: [{ name: 'v', mountPath: '/v' }] },
    ],
    [
      'takes a mount without its propagation',
      {},
      { volumeMounts: [{ name: 'v', mountPath: '/v', mountPropagation: 'Bidirectional' }] },
      { volumeMounts: [{ name: 'v', mountPath: '/v', mountPropagation: 'None' }] },
    ],
    ['takes nothing from a container that has nothing', {}, {}, {}],
  ])('%s', (_, own, first, inherited) => {
    expect(heirOf(own, first)).toEqual({ name: 'hook', image: 'alpine', ...own, ...inherited });
  });
});
