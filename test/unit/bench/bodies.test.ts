import { describe, expect, it } from '@jest/globals';
import { annotationsOnly } from '../../../shared/plan-context.ts';
import { planPod } from '../../../shared/plan.ts';
import { findingOf, readRestore } from '../../../shared/restore.ts';
import { readReview } from '../../../webhook/review.ts';
import { makeBodies, sizes, type Hooks, type Size } from '../../bench/bodies.ts';
import { makeRestore } from '../../bench/restores.ts';

/** The hooks that the webhook would plan, in a takeover, for each of the reviews. */
async function planned(size: Size, hooks: Hooks, restores: number) {
  const known = Array.from({ length: restores }, (_, number) => readRestore(makeRestore(number)));
  return (await makeBodies({ size, hooks, restores })).map((body) => {
    const reading = readReview(body);
    if (!reading.ok) throw new Error(reading.problem);
    const { pod } = reading.request;
    const label = pod.metadata.labels?.['velero.io/restore-name'] ?? '';
    const restore = findingOf(known.filter(({ name }) => name === label));
    const { init, exec, warnings } = planPod(pod, label, { ...annotationsOnly, mode: 'takeover', restore });
    return { bytes: body.length, found: restore.is, init: init.length, exec: exec.length, warnings: warnings.length };
  });
}

describe('the reviews of the benchmark', () => {
  it.each<[Size, Hooks, number, { found: string; init: number; exec: number }]>([
    ['small', 'none', 0, { found: 'none', init: 0, exec: 0 }],
    ['small', 'annotations', 0, { found: 'none', init: 1, exec: 1 }],
    ['small', 'Restore', 1, { found: 'found', init: 1, exec: 2 }],
    ['typical', 'none', 1, { found: 'found', init: 0, exec: 0 }],
    ['typical', 'annotations', 0, { found: 'none', init: 1, exec: 1 }],
    ['typical', 'Restore', 8, { found: 'found', init: 1, exec: 2 }],
    ['huge', 'none', 8, { found: 'found', init: 0, exec: 0 }],
    ['huge', 'Restore', 1, { found: 'found', init: 1, exec: 2 }],
  ])(
    'are as long as %s ones, and have hooks in %s with %d Restores',
    async (size, hooks, restores, wanted) => {
      const reviews = await planned(size, hooks, restores);
      expect(reviews).toHaveLength(8);
      for (const review of reviews) expect(review).toEqual({ bytes: sizes[size], warnings: 0, ...wanted });
    },
    60_000,
  );

  it('differ from one another', async () => {
    const bodies = await makeBodies({ size: 'small', hooks: 'none', restores: 8 });
    expect(new Set(bodies.map((body) => body.toString('utf8'))).size).toBe(bodies.length);
  });
});
