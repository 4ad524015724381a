import { describe, expect, it } from '@jest/globals';
import type { PlannedPod } from '../../../../cli/plan/plan-pods.ts';
import { renderTable } from '../../../../cli/plan/table.ts';
import type { Left } from '../../../../shared/hook.ts';
import { buildHook } from '../../../support/pods.ts';

function planned(
  element: Partial<PlannedPod['element']> = {},
  more: Partial<Omit<PlannedPod, 'element'>> = {},
): PlannedPod {
  return {
    element: { pod: 'shop/db', restored: true, restore: 'r2', init: [], patch: [], exec: [], warnings: [], ...element },
    left: null,
    restoreKnown: true,
    initHooks: [],
    execHooks: [],
    ...more,
  };
}

function rendered(...pods: PlannedPod[]): string {
  return renderTable(pods, 'velero.io/restore-name');
}

describe('renderTable', () => {
  it('shows hooks in columns, and warnings below', () => {
    const container = { name: 'load', image: 'alpine:latest', command: ['/bin/ash', '-c', 'date'] };
    const entrypoint = { name: 'velero-restore-init-0a1b2c3d', image: 'busybox' };
    const pod = planned(
      {
        init: [container, entrypoint],
        exec: [
          buildHook('postgres', {
            command: ['/bin/bash', '-c', 'psql < /x'],
            onError: 'Fail',
            waitTimeoutMs: 300_000,
            source: 'restore',
            rule: 'one',
          }),
          buildHook('b', { waitForReady: true, source: 'policy', rule: 'p/standing', execTimeoutMs: 90_000 }),
          buildHook('b', { source: 'own-annotation' }),
          buildHook('b', { source: 'restore', rule: null, waitTimeoutMs: 1_000, waitForReady: true }),
        ],
        warnings: ['something is wrong', 'and more'],
      },
      {
        initHooks: [
          { container, generatedName: false, timeoutMs: 600_000, source: 'restore', rule: 'two' },
          { container: entrypoint, generatedName: true, timeoutMs: null, source: 'annotation', rule: null },
        ],
      },
    );
    expect(rendered(pod).split('\n')).toEqual([
      'shop/db, restored by Restore r2',
      '  INIT  CONTAINER                     IMAGE          COMMAND           TIMEOUT  FROM',
      '  1     load                          alpine:latest  /bin/ash -c date  10m      Restore, rule two',
      "  2     velero-restore-init-0a1b2c3d  busybox        the image's own   none     annotation",
      '  EXEC  CONTAINER  COMMAND                   ON ERROR  TIMEOUT  WAITS            FROM',
      "  1     postgres   /bin/bash -c 'psql < /x'  Fail      30s      5m               Restore, rule one",
      '  2     b          /bin/true                 Continue  1m30s    none, for ready  policy p/standing',
      '  3     b          /bin/true                 Continue  30s      none             own annotation',
      '  4     b          /bin/true                 Continue  30s      1s, for ready    Restore, rule without a name',
      '  warning: something is wrong',
      '  warning: and more',
      '',
    ]);
  });

  it('tells how often a failed hook is tried again', () => {
    const execHooks = [0, 1, 12].map((retries) => buildHook('a', { retries, onError: 'Fail' }));
    const cells = rendered(planned({ exec: execHooks }, { execHooks }));
    expect(cells.match(/Fail.*?(?= {2})/g)).toEqual(['Fail', 'Fail, after 1 retry', 'Fail, after 12 retries']);
  });

  it.each<[string, PlannedPod, string[]]>([
    ['a pod without hooks', planned(), ['shop/db, restored by Restore r2', '  no hooks']],
    [
      'a Restore that is not known',
      planned({}, { restoreKnown: false }),
      ['shop/db, restored by Restore r2, which is not known', '  no hooks'],
    ],
    [
      'an empty label',
      planned({ restore: '' }, { restoreKnown: false }),
      ['shop/db, restored by no Restore that it names', '  no hooks'],
    ],
    [
      'a pod that is not restored',
      planned({ restored: false, restore: null }),
      ['shop/db', '  not restored: it has no label velero.io/restore-name (to take it as restored: --as-restored)'],
    ],
    [
      'a pod that is not restored in spite of its label',
      planned({ restored: false, restore: null, warnings: ['not restored: too late'] }),
      ['shop/db', '  not restored: too late'],
    ],
    [
      'names that would move the cursor',
      planned({ pod: 'shop/\u001b[2J', restore: 'r\n2', warnings: ['a\rb'] }),
      ['shop/\\u001b[2J, restored by Restore r\\n2', '  no hooks', '  warning: a\\rb'],
    ],
  ])('shows %s', (_title, pod, expected) => {
    expect(rendered(pod)).toBe(`${expected.join('\n')}\n`);
  });

  it.each<[Left, string]>([
    ['observed', 'observed: nothing is patched and nothing run'],
    ['velero-at-work', 'left to Velero, which is at work on its Restore'],
    ['restore-holds-hooks', 'left to Velero: its Restore still holds the hooks'],
    ['not-taken-over', 'left to Velero: its namespace is not taken over'],
    ['too-large', 'left alone: its annotations have no room'],
  ])('says why a pod is none of ours: %s', (left, expected) => {
    expect(rendered(planned({}, { left }))).toContain(`\n  ${expected}`);
    expect(rendered(planned({}, { left }))).not.toContain('no hooks');
  });

  it('parts pods by an empty line', () => {
    expect(rendered(planned(), planned({ pod: 'shop/web' }))).toContain('  no hooks\n\nshop/web,');
  });

  it('shows nothing of nothing', () => {
    expect(rendered()).toBe('');
  });
});
