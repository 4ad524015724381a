import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { Connection, requestOf } from './connection.ts';
import type { LoadAnswer, LoadRequest } from './protocol.ts';
import { saturate } from './saturate.ts';
import { steady } from './steady.ts';

/**
 * The load generator: a process of its own, so that what it costs is not the bench's or the server's. It does what its parent
 * asks and ends with it.
 */
const [authority = '', connectionCount = '16'] = process.argv.slice(2);
const secureContext = createSecureContext({ ca: readFileSync(authority) });
const connections = new Map<number, Connection[]>();
const requests = new Map<string, Buffer>();

process.on('message', (request: LoadRequest) => {
  void answer(request).then((told) => process.send?.(told));
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');

async function answer(request: LoadRequest): Promise<LoadAnswer> {
  try {
    return await load(request);
  } catch (error) {
    return { is: 'error', message: error instanceof Error ? error.message : String(error) };
  }
}

async function load({ port, bodies, durationMs, ratePerSecond }: LoadRequest): Promise<LoadAnswer> {
  const open = await connectionsTo(port);
  const sent = bodies.map(requestFrom);
  if (ratePerSecond !== null) {
    return { is: 'steady', result: await steady(open, sent, { ratePerSecond, durationMs }) };
  }
  const before = process.cpuUsage();
  const result = await saturate(open, sent, durationMs);
  const { user, system } = process.cpuUsage(before);
  return { is: 'saturation', result, cpuSeconds: (user + system) / 1e6 };
}

/** Kept for the next load, as an API server keeps them. */
async function connectionsTo(port: number): Promise<Connection[]> {
  const known = connections.get(port);
  if (known !== undefined) return known;
  const opened = await Promise.all(
    Array.from({ length: Number(connectionCount) }, () => Connection.open(port, secureContext)),
  );
  connections.set(port, opened);
  return opened;
}

function requestFrom(file: string): Buffer {
  const known = requests.get(file);
  if (known !== undefined) return known;
  const made = requestOf(readFileSync(file));
  requests.set(file, made);
  return made;
}
