import { afterEach, describe, expect, it } from '@jest/globals';
import { restoreLabelValue } from '../../../../shared/restore-label.ts';
import type { RestoreFinding } from '../../../../shared/restore.ts';
import type { CustomResourceNote } from '../../../../shared/service/custom-resource.ts';
import { createRestores, type RestoresOptions } from '../../../../shared/service/restores.ts';
import { RestoresApi } from '../../../support/restores-api.ts';

const hooks = { resources: [{ name: 'rule', postHooks: [{ exec: { command: ['/bin/true'] } }] }] };
const withHooks = { spec: { hooks } };

let stop = new AbortController();
afterEach(() => stop.abort());

/** Starts it, and resolves when all Restores have been read. */
async function start(api: RestoresApi, more: Partial<RestoresOptions> = {}) {
  stop = new AbortController();
  const notes: CustomResourceNote[] = [];
  const waiting = new Set<() => void>();
  const restores = createRestores(api.cluster(), {
    namespaces: ['velero'],
    lookupMs: 60_000,
    mostCharacters: 1_000_000,
    discoveryMs: 3,
    asked: () => undefined,
    noted: (note) => {
      notes.push(note);
      for (const wake of waiting) wake();
    },
    watchTiming: { backoff: { firstMs: 1, maxMs: 2 } },
    ...more,
  });
  const noted = async (fits: (note: CustomResourceNote) => boolean) => {
    while (!notes.some(fits)) await new Promise<void>((resolve) => waiting.add(resolve));
  };
  void restores.run(stop.signal);
  await noted((note) => note.kind === 'not served' || (note.kind === 'watch' && note.note.kind === 'watching'));
  api.asked.length = 0;
  return { restores, noted, notes };
}

function asked(api: RestoresApi): string[] {
  return api.asked.filter((each) => each !== 'discovery');
}

/** Resolves when what was written to a stream has been read. */
const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

function nameOf(finding: RestoreFinding): string {
  return finding.is === 'found' ? finding.restore.name : finding.is;
}

describe('createRestores', () => {
  it('answers from memory for what the watch has brought, in any number', async () => {
    const api = new RestoresApi();
    for (let index = 0; index < 1_000; index += 1) api.store(`r${index}`, withHooks);
    const { restores } = await start(api);
    const found = await restores.find('r7', null);
    expect(found).toMatchObject({ is: 'found', ambiguous: false, restore: { name: 'r7', holdsHooks: true } });
    expect(found.is === 'found' && found.rules.rules.map(({ name }) => name)).toEqual(['rule']);
    api.tell('ADDED', api.store('young'));
    await turn();
    expect(nameOf(await restores.find('young', null))).toBe('young');
    api.tell('DELETED', api.store('r7'));
    await turn();
    await restores.find('r7', null);
    expect(asked(api)).toEqual(['get r7']);
  });

  it('asks once for a name that the watch has not brought, for all its pods at once and a while after', async () => {
    const api = new RestoresApi();
    const { restores } = await start(api);
    api.store('young', withHooks);
    const findings = await Promise.all(Array.from({ length: 50 }, () => restores.find('young', null)));
    expect(new Set(findings.map(nameOf))).toEqual(new Set(['young']));
    expect(nameOf(await restores.find('young', null))).toBe('young');
    expect(asked(api)).toEqual(['get young']);
  });

  it('asks once for a name that is not there, and finds it when the watch brings it', async () => {
    const api = new RestoresApi();
    const { restores } = await start(api);
    const findings = [await restores.find('none', null), await restores.find('none', null)];
    expect(findings.map(nameOf)).toEqual(['none', 'none']);
    expect(asked(api)).toEqual(['get none']);
    api.tell('ADDED', api.store('none'));
    await turn();
    expect(await restores.find('none', null)).toMatchObject({ is: 'found', restore: { name: 'none' } });
    expect(asked(api)).toEqual(['get none']);
  });

  it('asks every time for a name that was not there, while the watch is broken', async () => {
    const api = new RestoresApi();
    const { restores, noted } = await start(api);
    await restores.find('none', null);
    api.before = (what) => (what === 'list' || what === 'discovery' ? new Promise(() => undefined) : undefined);
    api.cut();
    await noted((note) => note.kind === 'watch' && note.note.kind === 'broken');
    await restores.find('none', null);
    expect(api.count('get none')).toBe(2);
  });

  it('finds the Restore of a shortened label among the names alone, and reads only that one', async () => {
    const api = new RestoresApi();
    const { restores } = await start(api);
    const long = 'x'.repeat(100);
    for (const name of [long, `${long}y`, 'short']) api.store(name, withHooks);
    expect(nameOf(await restores.find(restoreLabelValue(long), null))).toBe(long);
    expect(asked(api)).toEqual(['names', `get ${long}`]);
  });

  it('calls a Restore unreadable if the answer is an error, or takes longer than a pod can wait', async () => {
    const api = new RestoresApi();
    const { restores } = await start(api, { lookupMs: 20 });
    api.before = (what) => {
      if (what === 'get bad') throw new Error('socket hang up');
      return what === 'get slow' ? new Promise(() => undefined) : undefined;
    };
    expect(await restores.find('bad', null)).toEqual({ is: 'unreadable' });
    expect(await restores.find('slow', null)).toEqual({ is: 'unreadable' });
    api.before = () => undefined;
    api.store('bad');
    expect(nameOf(await restores.find('bad', null))).toBe('bad');
  });

  it('asks nothing where the API server serves no Restores, or the label is empty', async () => {
    const api = new RestoresApi();
    api.served = false;
    const { restores, noted } = await start(api);
    expect(restores.served()).toBe(false);
    expect(await restores.find('r1', null)).toEqual({ is: 'none' });
    api.served = true;
    api.store('r1');
    await noted((note) => note.kind === 'watch' && note.note.kind === 'watching');
    expect(nameOf(await restores.find('r1', null))).toBe('r1');
    expect(await restores.find('', null)).toEqual({ is: 'none' });
    expect(api.count('get r1')).toBe(0);
  });

  it('forgets them when the definition is removed', async () => {
    const api = new RestoresApi();
    api.store('r1');
    const { restores, noted } = await start(api);
    expect(nameOf(await restores.find('r1', null))).toBe('r1');
    api.served = false;
    await noted((note) => note.kind === 'not served');
    expect(await restores.find('r1', null)).toEqual({ is: 'none' });
    expect(restores.synced()).toBe(true);
  });

  it('keeps hooks up to its bound, and asks for those beyond when they are needed', async () => {
    const api = new RestoresApi();
    const size = JSON.stringify(hooks).length;
    for (const name of ['a', 'b', 'c']) api.store(name, withHooks);
    const { restores } = await start(api, { mostCharacters: 2 * size });
    for (const name of ['a', 'b', 'c']) {
      const finding = await restores.find(name, null);
      expect(finding.is === 'found' && finding.rules.rules).toHaveLength(1);
    }
    expect(asked(api)).toEqual(['get a']);
  });

  it('does not ask for the hooks of a Restore that is complete, unless a pod is older', async () => {
    const api = new RestoresApi();
    api.store('done', { ...withHooks, status: { completionTimestamp: '2026-03-01T10:00:00Z' } });
    const { restores } = await start(api);
    const completed = Date.parse('2026-03-01T10:00:00Z');
    expect(await restores.find('done', null)).toMatchObject({ is: 'found', rules: { rules: [] } });
    expect(await restores.find('done', completed + 1)).toMatchObject({ is: 'found', rules: { rules: [] } });
    expect(asked(api)).toEqual([]);
    expect(await restores.find('done', completed)).toMatchObject({ is: 'found', rules: { rules: [{ name: 'rule' }] } });
    expect(asked(api)).toEqual(['get done']);
  });
});
