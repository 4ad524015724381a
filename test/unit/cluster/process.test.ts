import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { awaitEnd, identify, isAlive, parseStat, send } from '../../cluster/process.ts';

const rest = '1 9 9 0 -1 4194304 80 0 0 0 0 0 0 0 20 0 1 0 188409 2654208 403';

describe('parseStat', () => {
  it.each([
    ['a running one', `42 (sh) S ${rest}`, { pid: 42, startTicks: 188409, over: false }],
    ['one with a name made to confuse', `42 (a) R 7 (b) S ${rest}\n`, { pid: 42, startTicks: 188409, over: false }],
    ['one that has ended', `42 (sh) Z ${rest}`, { pid: 42, startTicks: 188409, over: true }],
    [
      'one whose first thread has ended',
      `42 (sh) Z ${rest.replace(' 20 0 1 0 ', ' 20 0 7 0 ')}`,
      { pid: 42, startTicks: 188409, over: false },
    ],
    ['a line cut short', '42 (sh) S 1 9', null],
    ['nothing', '', null],
  ])('reads %s', (_, line, expected) => {
    expect(parseStat(line)).toEqual(expected);
  });
});

// A process is told apart by /proc, which is Linux's: there is nothing to test elsewhere.
const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('a process', () => {
  it('is told from an earlier one of the same id, which is neither alive nor sent a signal', async () => {
    const child = spawn('sleep', ['60']);
    const identity = await identify(child.pid ?? 0);
    if (identity === null) throw new Error('there is no child');
    const earlier = { ...identity, startTicks: identity.startTicks - 1 };
    expect(await isAlive(earlier)).toBe(false);
    expect(await awaitEnd(earlier, 0)).toBe(true);
    await send(earlier, 'SIGKILL');
    expect(await awaitEnd(identity, 50)).toBe(false);
    await send(identity, 'SIGKILL');
    await once(child, 'close');
    expect(await isAlive(identity)).toBe(false);
    await send(identity, 'SIGKILL');
  });
});
