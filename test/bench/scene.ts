import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority, createServingCertificate } from '../../certs/certificates.ts';
import { writeCertificates } from '../../certs/write.ts';
import { subjects } from '../support/webhook-process.ts';
import { startApiServer } from './api-server.ts';
import { makeBodies, type BodyOptions } from './bodies.ts';
import { startLoad, type Load } from './load.ts';
import { groups } from './plan.ts';
import { findPinning } from './process.ts';
import { makeRestore } from './restores.ts';
import { startBare, startWebhook, type Server, type Webhook } from './servers.ts';

/** All that is measured and measures, up and ready. */
export interface Scene {
  readonly bare: Server;
  /** In the order of the groups, each with its own API server. */
  readonly webhooks: readonly Webhook[];
  readonly load: Load;
  /** Of the servers' authority, in PEM. */
  readonly ca: string;
  /** Whether servers and load have a processor each. */
  readonly pinned: boolean;
  /** The paths of the files of such reviews. */
  bodies(options: BodyOptions): Promise<readonly string[]>;
}

/**
 * Starts the servers and the load.
 *
 * @param stack ends them
 * @param nodeArguments for the webhooks
 */
export async function startScene(
  stack: AsyncDisposableStack,
  nodeArguments: readonly string[],
  signal: AbortSignal,
): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), 'restore-hooks-bench-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const authority = await createAuthority(Date.now());
  const certificate = await createServingCertificate(authority, subjects, Date.now());
  await writeCertificates(folder, certificate, authority.cert);
  const pinning = findPinning();
  const bare = await startBare(folder, pinning);
  stack.defer(() => bare.stop());
  const webhooks: Webhook[] = [];
  for (const { restores } of groups) {
    signal.throwIfAborted();
    const known = Array.from({ length: restores }, (_, number) => makeRestore(number));
    const apiServer = await startApiServer(certificate, known);
    stack.defer(() => apiServer.close());
    const webhook = await startWebhook({ folder, restores, apiServer, pinning, nodeArguments });
    stack.defer(() => webhook.stop());
    webhooks.push(webhook);
  }
  const load = await startLoad(join(folder, 'ca.crt'), pinning);
  stack.defer(() => load.stop());
  return {
    bare,
    webhooks,
    load,
    ca: authority.cert,
    pinned: pinning !== null,
    async bodies(options) {
      const name = `${options.size}-${options.hooks}-${options.restores}`;
      const made = await makeBodies(options);
      return await Promise.all(
        made.map(async (body, index) => {
          const file = join(folder, `${name}-${index}.json`);
          await writeFile(file, body);
          return file;
        }),
      );
    },
  };
}
