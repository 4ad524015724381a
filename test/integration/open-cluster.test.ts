import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority, createServingCertificate } from '../../certs/certificates.ts';
import type { Environment } from '../../shared/service/environment.ts';
import { openCluster } from '../../shared/service/open-cluster.ts';
import { subjects } from '../support/webhook-process.ts';

let folder: string;
let account: string;
let server: Server;
let port: string;

/** An API server that answers with the identity it was told. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'restore-hooks-open-cluster-'));
  account = join(folder, 'account');
  const authority = await createAuthority(Date.now());
  const { cert, key } = await createServingCertificate(authority, subjects, Date.now());
  server = createServer({ cert, key }, ({ headers }, response) => {
    response.end(JSON.stringify({ authorization: headers.authorization ?? null, agent: headers['user-agent'] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = String((server.address() as AddressInfo).port);
  await mkdir(account);
  await mkdir(join(folder, '.kube'));
  await writeFile(join(account, 'ca.crt'), authority.cert);
  await writeFile(join(account, 'token'), 'first\n');
});

afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await rm(folder, { recursive: true, force: true });
});

async function writeKubeconfig(name: string, user: object): Promise<string> {
  const path = join(folder, name);
  const cluster = { server: `https://127.0.0.1:${port}`, 'certificate-authority': join(account, 'ca.crt') };
  const config = {
    'current-context': 'a',
    contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
    clusters: [{ name: 'a', cluster }],
    users: [{ name: 'a', user }],
  };
  await writeFile(path, JSON.stringify(config));
  return path;
}

async function whoAmI(file: string | null, env: Environment): Promise<unknown> {
  const cluster = await openCluster(file, env, account);
  return await cluster.call({ method: 'GET', path: '/api' });
}

describe('openCluster', () => {
  it('is who the file says, whatever the environment says', async () => {
    const path = await writeKubeconfig('named', { token: 'named' });
    const told = await whoAmI(path, { KUBECONFIG: '/nowhere' });
    expect(told).toEqual({ authorization: 'Bearer named', agent: 'restore-hooks' });
  });

  it('takes KUBECONFIG, then the home’s own, then the service account', async () => {
    const named = await writeKubeconfig('variable', { token: 'variable' });
    const inCluster = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: port };
    expect(await whoAmI(null, { ...inCluster, HOME: folder })).toMatchObject({ authorization: 'Bearer first' });
    await writeKubeconfig('.kube/config', { token: 'home' });
    expect(await whoAmI(null, { ...inCluster, HOME: folder })).toMatchObject({ authorization: 'Bearer home' });
    const told = await whoAmI(null, { ...inCluster, HOME: folder, KUBECONFIG: named });
    expect(told).toMatchObject({ authorization: 'Bearer variable' });
  });

  it('reads the service account’s token anew, since it is replaced', async () => {
    const env = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: port };
    const cluster = await openCluster(null, env, account);
    await cluster.call({ method: 'GET', path: '/api' });
    await writeFile(join(account, 'token'), 'second');
    expect(await cluster.call({ method: 'GET', path: '/api' })).toMatchObject({ authorization: 'Bearer second' });
  });

  it('leaves to the client library what needs it', async () => {
    const path = await writeKubeconfig('password', { username: 'me', password: 'secret' });
    const basic = `Basic ${Buffer.from('me:secret').toString('base64')}`;
    expect(await whoAmI(path, {})).toEqual({ authorization: basic, agent: 'restore-hooks' });
  });

  it('has the client library say what is wrong with a file', async () => {
    await expect(openCluster(join(folder, 'gone'), {})).rejects.toThrow(/ENOENT.*gone/);
    const path = await writeKubeconfig('contextless', {});
    await writeFile(path, '{"current-context": "gone"}');
    await expect(openCluster(path, {})).rejects.toThrow(`the kubeconfig ${path} names no current cluster`);
  });
});
