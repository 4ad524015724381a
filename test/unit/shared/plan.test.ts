import { describe, expect, it } from '@jest/globals';
import type { ExecHook } from '../../../shared/hook.ts';
import { planPod } from '../../../shared/plan.ts';
import type { Container } from '../../../shared/pod.ts';
import { buildHook, buildPlan, buildPod } from '../../support/pods.ts';

const init = 'init.hook.restore.velero.io';
const post = 'post.hook.restore.velero.io';

function planWith(annotations: Record<string, string>, more: Parameters<typeof buildPod>[0] = {}) {
  return planPod(buildPod({ ...more, metadata: { annotations } }));
}

describe('planPod, exec hook', () => {
  it("reads the page's example word for word", () => {
    const plan = planWith(
      {
        [`${post}/container`]: 'postgres',
        [`${post}/command`]: '["/bin/bash", "-c", "psql < /backup/backup.sql"]',
        [`${post}/wait-timeout`]: '5m',
        [`${post}/exec-timeout`]: '45s',
        [`${post}/on-error`]: 'Continue',
      },
      { containers: [{ name: 'web' }, { name: 'postgres' }] },
    );
    expect(plan).toEqual(
      buildPlan({
        init: [],
        exec: [
          {
            container: 'postgres',
            command: ['/bin/bash', '-c', 'psql < /backup/backup.sql'],
            onError: 'Continue',
            execTimeoutMs: 45_000,
            waitTimeoutMs: 300_000,
            waitForReady: false,
            retries: 0,
            retryDelayMs: 5_000,
            onInterrupt: 'Fail',
            source: 'annotation',
            rule: null,
          },
        ],
        warnings: [],
      }),
    );
  });

  it('takes every default where only the command is given', () => {
    expect(planWith({ [`${post}/command`]: '/bin/true' })).toEqual(
      buildPlan({
        init: [],
        exec: [buildHook('a', { command: ['/bin/true'] })],
        warnings: [],
      }),
    );
  });

  // Each row of section 3: the key, its value, what the hook has in the end, and the warning's end, if there is one.
  it.each<[string, string, Partial<ExecHook>, string | null]>([
    ['on-error', 'Fail', { onError: 'Fail' }, null],
    ['on-error', 'Continue', { onError: 'Continue' }, null],
    ['on-error', 'fail', { onError: 'Continue' }, 'is neither Fail nor Continue: Continue is taken'],
    ['on-error', ' Fail', { onError: 'Continue' }, 'is neither Fail nor Continue: Continue is taken'],
    ['on-error', '', { onError: 'Continue' }, 'is neither Fail nor Continue: Continue is taken'],
    ['exec-timeout', '45s', { execTimeoutMs: 45_000 }, null],
    ['exec-timeout', '0', { execTimeoutMs: 30_000 }, null],
    ['exec-timeout', '0s', { execTimeoutMs: 30_000 }, null],
    ['exec-timeout', '-1s', { execTimeoutMs: 30_000 }, 'is negative: 30s is taken'],
    ['exec-timeout', '45', { execTimeoutMs: 30_000 }, 'is no duration such as 1m30s: 30s is taken'],
    ['exec-timeout', '', { execTimeoutMs: 30_000 }, 'is no duration such as 1m30s: 30s is taken'],
    ['exec-timeout', '2562048h', { execTimeoutMs: 30_000 }, 'is no duration such as 1m30s: 30s is taken'],
    ['wait-timeout', '1h2m3.5s', { waitTimeoutMs: 3_723_500 }, null],
    ['wait-timeout', '0', { waitTimeoutMs: null }, null],
    ['wait-timeout', '-5m', { waitTimeoutMs: null }, 'is negative: no limit is set'],
    ['wait-timeout', '5 minutes', { waitTimeoutMs: null }, 'is no duration such as 1m30s: no limit is set'],
    ['wait-for-ready', 'true', { waitForReady: true }, null],
    ['wait-for-ready', 'T', { waitForReady: true }, null],
    ['wait-for-ready', '0', { waitForReady: false }, null],
    ['wait-for-ready', 'yes', { waitForReady: false }, 'is neither true nor false: false is taken'],
    ['wait-for-ready', '', { waitForReady: false }, 'is neither true nor false: false is taken'],
    ['container', 'b', { container: 'b' }, null],
    ['container', '', { container: 'a' }, null],
    ['container', 'c', { container: 'c' }, 'is no container of this pod: the hook will fail'],
    ['container', ' b', { container: ' b' }, 'is no container of this pod: the hook will fail'],
  ])('with %s=%j has %j', (name, value, fields, end) => {
    const plan = planWith({ [`${post}/command`]: '/bin/true', [`${post}/${name}`]: value });
    expect(plan.exec).toEqual([buildHook('a', fields)]);
    const texts = plan.warnings.map(({ text }) => text);
    expect(texts).toEqual(end === null ? [] : [`${post}/${name} ${JSON.stringify(value)} ${end}`]);
  });

  it('may name a native sidecar, and not an ordinary init container', () => {
    const initContainers: Container[] = [{ name: 'proxy', restartPolicy: 'Always' }, { name: 'setup' }];
    const named = (name: string) =>
      planWith({ [`${post}/command`]: 'x', [`${post}/container`]: name }, { initContainers }).warnings;
    expect(named('proxy')).toEqual([]);
    expect(named('setup').map(({ code }) => code)).toEqual(['ContainerNotFound']);
  });

  it.each([
    ['without a command', {}, 'IncompleteHook'],
    ['with an empty command', { [`${post}/command`]: '' }, 'EmptyCommand'],
    ['with an empty array as command', { [`${post}/command`]: '[]' }, 'EmptyCommand'],
  ])('is none %s, and warns', (_, command, code) => {
    const plan = planWith({ [`${post}/container`]: 'a', ...command });
    expect(plan.exec).toEqual([]);
    expect(plan.warnings.map((warning) => warning.code)).toEqual([code]);
  });

  it('is none in a pod without containers, which the API server will refuse', () => {
    const plan = planWith({ [`${post}/command`]: '/bin/true' }, { containers: [] });
    expect(plan.exec).toEqual([]);
    expect(plan.warnings.map(({ code }) => code)).toEqual(['ContainerNotFound']);
  });
});

describe('planPod, init hook', () => {
  it("reads the page's example word for word", () => {
    const plan = planWith({
      [`${init}/container-name`]: 'restore-hook',
      [`${init}/container-image`]: 'alpine:latest',
      [`${init}/command`]: '["/bin/ash", "-c", "date"]',
    });
    expect(plan).toEqual(
      buildPlan({
        init: [
          {
            container: { name: 'restore-hook', image: 'alpine:latest', command: ['/bin/ash', '-c', 'date'] },
            generatedName: false,
            timeoutMs: null,
            source: 'annotation',
            rule: null,
          },
        ],
        exec: [],
        warnings: [],
      }),
    );
  });

  it.each([undefined, ''])("runs the image's own entrypoint with the command %j", (command) => {
    const annotations = { [`${init}/container-image`]: 'alpine', [`${init}/container-name`]: 'hook' };
    const plan = planWith(command === undefined ? annotations : { ...annotations, [`${init}/command`]: command });
    expect(plan.init.map(({ container }) => container)).toEqual([{ name: 'hook', image: 'alpine' }]);
    expect(plan.warnings).toEqual([]);
  });

  it.each<[string, number | null, string | null]>([
    ['1m', 60_000, null],
    ['0', null, null],
    ['-1m', null, 'NegativeDuration'],
    ['soon', null, 'MalformedDuration'],
    ['', null, 'MalformedDuration'],
  ])('with the timeout %j has %j milliseconds', (timeout, timeoutMs, code) => {
    const plan = planWith({ [`${init}/container-image`]: 'alpine', [`${init}/timeout`]: timeout });
    expect(plan.init[0]?.timeoutMs).toBe(timeoutMs);
    expect(plan.warnings.map((warning) => warning.code)).toEqual(code === null ? [] : [code]);
  });

  it.each([undefined, ''])('gets a generated name for %j', (name) => {
    const annotations = { [`${init}/container-image`]: 'alpine' };
    const plan = planWith(name === undefined ? annotations : { ...annotations, [`${init}/container-name`]: name });
    expect(plan.init[0]?.container.name).toMatch(/^velero-restore-init-[0-9a-f]{8}$/);
    expect(plan.init[0]?.generatedName).toBe(true);
    expect(plan.warnings).toEqual([]);
  });

  it.each(['Restore_Hook', ' hook', '-hook', 'x'.repeat(64)])(
    'gets a generated name instead of %j, which would have the pod refused, and warns',
    (name) => {
      const plan = planWith({ [`${init}/container-image`]: 'alpine', [`${init}/container-name`]: name });
      expect(plan.init[0]?.generatedName).toBe(true);
      const generated = plan.init[0]?.container.name ?? '';
      expect(plan.warnings).toMatchObject([{ code: 'InvalidContainerName' }]);
      expect(plan.warnings[0]?.text).toContain(`is no container name: ${generated} is taken`);
    },
  );

  it.each([
    ['without an image', {}, 'IncompleteHook'],
    ['with an empty image', { [`${init}/container-image`]: '' }, 'MalformedImage'],
    ['with a blank image', { [`${init}/container-image`]: ' \t\u0085' }, 'MalformedImage'],
    [
      'with an empty array as command',
      { [`${init}/container-image`]: 'alpine', [`${init}/command`]: '[]' },
      'EmptyCommand',
    ],
  ])('is none %s, and warns', (_, annotations, code) => {
    const plan = planWith({ [`${init}/container-name`]: 'hook', ...annotations });
    expect(plan.init).toEqual([]);
    expect(plan.warnings.map((warning) => warning.code)).toEqual([code]);
  });

  it('takes an image without the white space around it, which would have the pod refused, and warns', () => {
    const plan = planWith({ [`${init}/container-image`]: ' alpine:latest\n', [`${init}/container-name`]: 'hook' });
    expect(plan.init.map(({ container }) => container)).toEqual([{ name: 'hook', image: 'alpine:latest' }]);
    expect(plan.warnings).toEqual([
      {
        code: 'MalformedImage',
        place: `${init}/container-image`,
        text: `${init}/container-image " alpine:latest\\n" has white space around it: taken without it`,
      },
    ]);
  });

  it('warns where its name is taken', () => {
    const plan = planWith({ [`${init}/container-image`]: 'alpine', [`${init}/container-name`]: 'a' });
    expect(plan.warnings).toEqual([
      {
        code: 'NameTaken',
        place: `${init}/container-name`,
        text: `${init}/container-name "a" is the name of another container: taken with -2 at its end`,
      },
    ]);
  });
});

describe('planPod, keys', () => {
  it('has no hooks and no words for a pod without annotations', () => {
    const nothing = buildPlan();
    expect(planPod(buildPod())).toEqual(nothing);
    expect(planPod(buildPod({ metadata: { annotations: null } }))).toEqual(nothing);
    expect(planWith({ app: 'x', 'restorehooks.io/admitted-for': 'r1' })).toEqual(nothing);
  });

  it('warns about misspelt keys', () => {
    const plan = planWith({
      [`${post}/command`]: '/bin/true',
      [`${post}/timeout`]: '5s',
      'restorehooks.io/hook': 'x',
    });
    expect(plan.exec).toHaveLength(1);
    expect(plan.warnings.map(({ code }) => code)).toEqual(['UnknownKey', 'UnknownKey']);
  });

  it('names the first fifty of a hundred thousand misspelt keys', () => {
    const keys = Array.from({ length: 100_000 }, (_, index) => [`${post}/x${index}`, ''] as const);
    expect(planWith(Object.fromEntries(keys)).warnings).toHaveLength(50);
  });
});
