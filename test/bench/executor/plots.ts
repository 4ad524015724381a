import type { ExecutorBench } from '../executor.ts';
import { renderBars } from '../plot.ts';
import { renderLine } from './line-plot.ts';
import { burstRows } from './summary.ts';

/** The plots of a run, by the names of their files. */
export function executorPlots(result: ExecutorBench): ReadonlyMap<string, string> {
  const rows = burstRows(result);
  const { pace, soak } = result;
  const sorted = [...pace.delaysMs].sort((one, other) => one - other);
  const delays = sorted.map((delayMs, index) => [delayMs, ((index + 1) * 100) / sorted.length] as const);
  const memory = soak.rssMb.map((rssMb, wave) => [(wave + 1) * soak.hooksPerWave, rssMb] as const);
  return new Map([
    [
      'executor-time.svg',
      renderBars(
        { title: 'Time for each hook, all hooks at once', unit: 'ms', names: ['bare execs', 'executor'] },
        rows.map(({ what, pods, hooks, floorSeconds, seconds }) => {
          const eachMs = (all: number) => (all * 1000) / (pods * hooks);
          return { label: what, bare: eachMs(floorSeconds), own: eachMs(seconds) };
        }),
      ),
    ],
    [
      'executor-delay.svg',
      renderLine({
        title: `From container start to command start, ${pace.podsPerSecond} pods a second`,
        across: 'ms',
        up: '% of pods',
        points: delays,
      }),
    ],
    [
      'executor-soak.svg',
      renderLine({ title: 'Memory of the executor over the soak', across: 'hooks', up: 'MB of RSS', points: memory }),
    ],
  ]);
}
