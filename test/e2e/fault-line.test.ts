import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { CrashScene } from '../support/crash-scene.ts';
import { FaultLine } from '../support/fault-line.ts';
import { ranOnce, type FaultPods } from '../support/fault-pods.ts';
import type { Point } from '../support/proxy-point.ts';

let line: FaultLine;
let crash: CrashScene;
let pods: FaultPods;
beforeAll(async () => {
  line = await FaultLine.open();
  ({ crash, pods } = line);
}, 240_000);
afterEach(() => line.kill(), 240_000);
afterAll(() => line.close(), 240_000);

describe('an API server that answers', () => {
  it('after 2 seconds, to everything: nothing is lost, and nothing runs twice', async () => {
    const slow = await line.launch();
    // A third of it each for the request, the head of its answer, and its body.
    slow.proxy.latencyMs = 667;
    const names = ['latency-0', 'latency-1', 'latency-2'];
    await Promise.all(names.map((name) => pods.restore({ name })));
    await Promise.all(names.map((name) => pods.letGo(name)));
    await crash.finished(slow.process, names);
    expect(await Promise.all(names.map((name) => pods.end(name)))).toEqual(names.map(() => ranOnce));
    expect(slow.process.lines.filter(({ msg }) => msg === 'not leading any more')).toEqual([]);
  }, 240_000);

  it('409, again and again, since somebody else writes HookRuns all the time: nothing is lost, and nothing runs twice', async () => {
    const stormed = await line.start();
    const names = ['storm-0', 'storm-1'];
    await Promise.all(names.map((name) => pods.restore({ name })));
    await Promise.all(names.map((name) => pods.begun(name)));
    let storms = true;
    const storm = async () => {
      for (let count = 0; storms; count += 1) {
        await crash.scene.kubectl('annotate', '--overwrite', 'hookruns.restorehooks.io', '--all', `storm=${count}`);
      }
    };
    const { proxy } = stormed;
    let refusals = 0;
    // The real storm is as fast as kubectl; this one is at every write.
    proxy.gate = ({ phase, shape }) => {
      if (phase !== 'request' || !shape.startsWith('PATCH hookrun/status') || (refusals += 1) > 25) return 'pass';
      return { status: 409 };
    };
    const over = storm();
    await Promise.all(names.map((name) => pods.letGo(name)));
    await crash.finished(stormed.process, names);
    storms = false;
    await over;
    expect(await Promise.all(names.map((name) => pods.end(name)))).toEqual(names.map(() => ranOnce));
    expect(refusals).toBeGreaterThan(25);
  }, 240_000);

  it('429 to the command itself: it did not begin, is sent again after the time asked for, and runs once', async () => {
    const asked: number[] = [];
    const busy = await line.start(({ phase, shape }) => {
      if (phase !== 'request' || shape !== 'exec hook' || asked.push(performance.now()) > 2) return 'pass';
      return { status: 429, retryAfterSeconds: 1 };
    });
    await pods.restore({ name: 'busy' });
    await pods.letGo('busy');
    expect(await line.end('busy', busy)).toEqual(ranOnce);
    const [first = 0, second = 0, third = 0] = asked;
    expect(asked).toHaveLength(3);
    expect(Math.min(second - first, third - second)).toBeGreaterThan(950);
  }, 240_000);
});

describe('a socket that is slow', () => {
  it('so that the frames of a megabyte come drop by drop: all of it is counted, and the command runs once', async () => {
    const frames: Point[] = [];
    const dripping = await line.start(async (point): Promise<'pass'> => {
      if (point.phase !== 'frame in' || point.pod !== 'drips') return 'pass';
      frames.push(point);
      // The fault itself.
      await delay(100);
      return 'pass';
    });
    await pods.restore({ name: 'drips', script: 'head -c 1048576 /dev/zero; echo end' });
    expect(await line.end('drips', dripping)).toEqual(ranOnce);
    const { stdout } = await pods.record('drips');
    expect(stdout?.text).toMatch(/\0end\n$/);
    expect((stdout?.droppedBytes ?? 0) + (stdout?.text.length ?? 0)).toBe(1_048_580);
    expect(frames.length).toBeGreaterThan(32);
  }, 240_000);
});
