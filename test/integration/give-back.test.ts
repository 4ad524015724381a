import { describe, expect, it } from '@jest/globals';
import { giveBack } from '../../executor/give-back.ts';
import { ApiError, ApiUnreachable } from '../../shared/service/api-error.ts';
import type { ApiRequest, Cluster } from '../../shared/service/api-client.ts';
import { createLogger } from '../../shared/service/logger.ts';

const moved = 'post.hook.restorehooks.io/command';
const movedHooks = 'restorehooks.io/hooks';
const page = (names: readonly string[], annotations: Record<string, string>, token = '') => ({
  metadata: token === '' ? {} : { continue: token },
  items: names.map((name) => ({ metadata: { namespace: 'ns', name, uid: `uid-${name}`, annotations } })),
});

/** Answers what the test says to `METHOD /path?query`, and tells what was asked. */
function apiOf(answer: (asked: string, request: ApiRequest, nth: number) => unknown) {
  const asked: string[] = [];
  const cluster: Cluster = {
    connection: () => Promise.reject(new Error('nothing is executed here')),
    stream: () => Promise.reject(new Error('nothing is watched here')),
    call: async <T>(request: ApiRequest) => {
      const text = `${request.method} ${request.path}`;
      asked.push(text);
      await Promise.resolve();
      return answer(text, request, asked.filter((each) => each === text).length) as T;
    },
  };
  return { cluster, asked };
}

function run(cluster: Cluster) {
  const log = createLogger({ name: 'test', level: 'silent' });
  const options = { restoreNamespaces: ['velero'], log, backoff: { firstMs: 1, maxMs: 2 } };
  return giveBack(cluster, options, new AbortController().signal);
}

const refusal = (status: number) => new ApiError(`answered ${status}`, status, '', status === 429 ? 1 : null);
const podPath = '/api/v1/namespaces/ns/pods/';

describe('giveBack on an API server with faults', () => {
  it('goes through every page, and writes only to what was moved', async () => {
    const { cluster, asked } = apiOf((text) => {
      if (text.includes('/restores?')) throw refusal(404);
      if (text.startsWith('PATCH')) return {};
      if (text.includes('continue=next')) return page(['b'], { [moved]: 'true' });
      return { ...page(['a'], { other: 'x' }), metadata: { continue: 'next' } };
    });
    expect(await run(cluster)).toEqual({ pods: 1, restores: 0, left: 0 });
    expect(asked.filter((each) => each.startsWith('PATCH')).map((each) => each.split('?')[0])).toEqual([
      `PATCH ${podPath}b/status`,
    ]);
  });

  it.each<readonly [string, Error]>([
    ['429', refusal(429)],
    ['503', refusal(503)],
    ['a cut connection', new ApiUnreachable('PATCH', '/x', new Error('socket hang up'))],
  ])('tries a write again after %s', async (_what, fault) => {
    const { cluster } = apiOf((text, _request, nth) => {
      if (text.includes('/restores?')) return page([], {});
      if (text.startsWith('GET')) return page(['a'], { [moved]: 'true' });
      if (nth < 3) throw fault;
      return {};
    });
    expect(await run(cluster)).toEqual({ pods: 1, restores: 0, left: 0 });
  });

  it('goes on with the others where one is refused, and counts it', async () => {
    const { cluster, asked } = apiOf((text) => {
      if (text.includes('/restores?')) return page([], {});
      if (text.startsWith('GET')) return page(['a', 'b'], { [moved]: 'true' });
      if (text.includes('/a/')) throw refusal(403);
      return {};
    });
    expect(await run(cluster)).toEqual({ pods: 1, restores: 0, left: 1 });
    expect(asked.filter((each) => each.includes('/pods/a/'))).toHaveLength(1);
  });

  it('looks at a Restore again that changed meanwhile', async () => {
    const text = JSON.stringify({ resources: [{ name: 'rule' }] });
    const sent: unknown[] = [];
    const { cluster } = apiOf((asked, request, nth) => {
      if (asked.includes('/pods?')) return page([], {});
      if (asked.includes('/restores?')) return page(['r1'], { [movedHooks]: text });
      if (request.method === 'GET') {
        const metadata = { name: 'r1', resourceVersion: String(nth), annotations: { [movedHooks]: text } };
        return { metadata, spec: { hooks: {} } };
      }
      if (nth === 1) throw refusal(409);
      sent.push(request.body);
      return {};
    });
    expect(await run(cluster)).toEqual({ pods: 0, restores: 1, left: 0 });
    expect(sent).toEqual([
      {
        metadata: { annotations: { [movedHooks]: null }, resourceVersion: '2' },
        spec: { hooks: { resources: [{ name: 'rule' }] } },
      },
    ]);
  });

  it('leaves a Restore whose annotation is no JSON as it is, and counts it', async () => {
    const { cluster, asked } = apiOf((text) => {
      if (text.includes('/pods?')) return page([], {});
      if (text.includes('/restores?')) return page(['r1'], { [movedHooks]: '{' });
      return { metadata: { name: 'r1', annotations: { [movedHooks]: '{' } }, spec: { hooks: {} } };
    });
    expect(await run(cluster)).toEqual({ pods: 0, restores: 0, left: 1 });
    expect(asked.some((each) => each.startsWith('PATCH'))).toBe(false);
  });

  it('fails if it may not even list pods', async () => {
    const { cluster } = apiOf(() => {
      throw refusal(403);
    });
    await expect(run(cluster)).rejects.toThrow('answered 403');
  });
});
