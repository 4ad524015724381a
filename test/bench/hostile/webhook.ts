import { moveRestore } from '../../../shared/move-restore.ts';
import type { PlanContext } from '../../../shared/plan-context.ts';
import { policiesFor, readPolicy } from '../../../shared/policy.ts';
import {
  findingOf,
  readRestore,
  type Restore,
  type RestoreFinding,
  type RestoreObject,
} from '../../../shared/restore.ts';
import type { Json } from '../../../shared/yaml-value.ts';
import { admit, judgeRequest } from '../../../webhook/admit.ts';
import { encodePatch, reviewOf } from '../../../webhook/response.ts';
import { readRestoreReview } from '../../../webhook/restore-review.ts';
import { readReview } from '../../../webhook/review.ts';
import { globsOf, hooksOf, manyHooks, scope, type Hostile } from './inputs.ts';
import type { Case } from './measure.ts';

/** What a webhook does with a review of each hostile pod, and with Restores. */
export function webhookCases(inputs: readonly Hostile[]): Case[] {
  return [...inputs.map(podCase), ...inputs.flatMap(keepingCases), ...readingCases(), ...restoreCases()];
}

function podCase({ what, pod, hooks, policies = [] }: Hostile): Case {
  const body = Buffer.from(
    JSON.stringify({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      request: {
        uid: 'u',
        kind: { group: '', version: 'v1', kind: 'Pod' },
        operation: 'CREATE',
        namespace: 'shop',
        object: pod,
      },
    }),
  );
  const restore = hooks === undefined ? null : readRestore(restoreOf(hooks));
  // Its rules are read with the first pod, and kept for the others.
  let context: PlanContext | null = null;
  const run = () => answer(body, (context ??= contextOf(restore, policies, 'admission')));
  return { what, where: 'webhook', inBytes: body.length, run };
}

/** What the watch brings, in a turn of its own. */
function keepingCases({ what, hooks }: Hostile): Case[] {
  if (hooks === undefined) return [];
  const object = restoreOf(hooks);
  const run = () => readRestore(object).hooksText.length;
  return [{ what: `${what}: kept`, where: 'webhook', inBytes: JSON.stringify(hooks).length, run }];
}

/** What is known besides the pod: a Restore with these hooks, and policies. */
export function contextOf(found: Restore | null, policies: readonly Json[], stage: PlanContext['stage']): PlanContext {
  const restore: RestoreFinding = found === null ? { is: 'none' } : findingOf([found]);
  const objects = policies.map((spec, index) =>
    readPolicy({ metadata: { name: `p${index}`, namespace: 'shop' }, spec }),
  );
  return {
    mode: 'standalone',
    stage,
    restore,
    policies: policiesFor('shop', 'restore-hooks', objects),
    inherit: [],
    takeoverNamespaces: null,
  };
}

function answer(body: Buffer, context: PlanContext): number {
  const reading = readReview(body);
  if (!reading.ok) return reading.problem.length;
  const judgement = judgeRequest(reading.request, scope);
  if (!judgement.restored) return 0;
  return JSON.stringify(reviewOf(admit(reading.request, judgement.restore, context).response)).length;
}

/** Bodies that are JSON and no review, and such as the API server never sends. */
function readingCases(): Case[] {
  const size = 7 * 1024 * 1024;
  const bodies: [string, string][] = [
    ['7 MiB of empty lists', `{"a":[${'[],'.repeat(size / 3 - 10)}[]]}`],
    ['7 MiB of lists in lists', `${'['.repeat(size / 2)}${']'.repeat(size / 2)}`],
    ['7 MiB of one text', `"${'x'.repeat(size - 2)}"`],
    ['7 MiB that end too soon', `{"a":"${'x'.repeat(size - 10)}`],
    ['a pod of 7 MiB of keys', JSON.stringify({ request: { object: { metadata: { labels: manyKeys(size) } } } })],
  ];
  return bodies.map(([what, text]) => {
    const body = Buffer.from(text);
    return {
      what,
      where: 'webhook',
      inBytes: body.length,
      run: () => answer(body, contextOf(null, [], 'admission')),
    };
  });
}

function manyKeys(bytes: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: bytes / 20 }, (_, index) => [`k${index}`.padEnd(12, 'x'), 'v']));
}

function restoreCases(): Case[] {
  const inputs: [string, Json][] = [
    ['a Restore of 1.4 MB of hooks, moved', hooksOf([{ postHooks: manyHooks(6_000) }])],
    ['a Restore of 20,000 globs, moved', hooksOf([{ includedNamespaces: globsOf(20_000), postHooks: manyHooks(1) }])],
  ];
  return inputs.map(([what, hooks]) => {
    const object = { ...restoreOf(hooks), kind: 'Restore' };
    const kind = { group: 'velero.io', version: 'v1', kind: 'Restore' };
    const request = { uid: 'u', kind, operation: 'CREATE', namespace: 'velero', object };
    const body = Buffer.from(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request }));
    const run = () => {
      const reading = readRestoreReview(body);
      if (!reading.ok) return 0;
      return JSON.stringify(encodePatch(moveRestore(reading.request.restore, null).patch)).length;
    };
    return { what, where: 'webhook', inBytes: body.length, run };
  });
}

export function restoreOf(hooks: Json): RestoreObject {
  return { metadata: { name: 'r1', namespace: 'velero', uid: 'r' }, spec: { hooks } };
}
