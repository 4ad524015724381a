import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Counter, Gauge, Registry } from 'prom-client';
import { startProbes, type Probes, type Readiness } from '../../shared/service/probes.ts';

let probes: Probes;
let registry: Registry;
let readiness: () => Readiness;

beforeEach(async () => {
  registry = new Registry();
  readiness = () => ({ ready: true });
  probes = await startProbes({ host: '127.0.0.1', port: 0, registry, readiness: () => readiness() });
});

afterEach(() => probes.close());

async function get(path: string, method = 'GET') {
  const response = await fetch(`http://127.0.0.1:${probes.port}${path}`, { method });
  return { status: response.status, type: response.headers.get('content-type'), body: await response.text() };
}

describe('startProbes', () => {
  it('is alive', async () => {
    expect(await get('/healthz')).toMatchObject({ status: 200, body: 'ok\n' });
  });

  it('is ready or not at the moment, and says why not', async () => {
    expect(await get('/readyz?verbose')).toMatchObject({ status: 200, body: 'ok\n' });
    readiness = () => ({ ready: false, reason: 'shutting down' });
    expect(await get('/readyz')).toMatchObject({ status: 503, body: 'shutting down\n' });
  });

  it('shows the metrics of its registry', async () => {
    new Counter({ name: 'seen_total', help: 'Seen.', registers: [registry] }).inc(3);
    const { status, type, body } = await get('/metrics');
    expect({ status, type }).toEqual({ status: 200, type: registry.contentType });
    expect(body).toContain('seen_total 3');
  });

  it('says where there is nothing, and what it does not serve', async () => {
    expect(await get('/mutate')).toMatchObject({ status: 404 });
    expect(await get('/healthz', 'POST')).toMatchObject({ status: 405 });
  });

  it('answers 500 without internals where a probe or a metric throws', async () => {
    readiness = () => {
      throw new Error('secret');
    };
    const collect = () => Promise.reject(new Error('secret'));
    new Gauge({ name: 'broken', help: 'Broken.', registers: [registry], collect });
    for (const path of ['/readyz', '/metrics']) {
      const { status, body } = await get(path);
      expect(status).toBe(500);
      expect(body).not.toContain('secret');
    }
    expect(await get('/healthz')).toMatchObject({ status: 200 });
  });

  it('cuts off a client that sends half a request', async () => {
    const socket = connect(probes.port, '127.0.0.1');
    socket.write('GET /healthz HT');
    socket.resume();
    await once(socket, 'close');
  }, 15_000);

  it('throws where its port is taken', async () => {
    const again = startProbes({ host: '127.0.0.1', port: probes.port, registry, readiness });
    await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('has closed every connection when it is closed', async () => {
    const socket = connect(probes.port, '127.0.0.1');
    await once(socket, 'connect');
    const closed = once(socket, 'close');
    socket.resume();
    await probes.close();
    await closed;
    await expect(get('/healthz')).rejects.toThrow();
    probes = await startProbes({ host: '127.0.0.1', port: 0, registry, readiness });
  });
});
