import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAuthority, createServingCertificate } from '../../certs/certificates.ts';
import { nodePath, user } from '../../image/build/config.ts';
import { usage } from '../../image/command-line.ts';
import { kubectl } from '../support/kubectl.ts';
import { ensureOwnImage } from '../support/own-image.ts';
import { findCluster } from '../support/scene.ts';
import { TestNamespace } from '../support/test-namespace.ts';

/** What PodSecurity asks for in a namespace that is `restricted`, and a root that nobody writes to. */
const restricted = {
  pod: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  container: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
};

interface Ended {
  readonly code: number;
  readonly said: string;
}

/** Allocates and forgets, and prints the most that Node's young heap was, in MiB. */
const churn = `
const { getHeapSpaceStatistics } = require('node:v8');
let kept = [], most = 0;
for (let round = 0; round < 400; round++) {
  for (let n = 0; n < 20000; n++) { kept.push({ n, text: String(n) }); if (kept.length > 60000) kept = []; }
  const { space_size: size } = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
  most = Math.max(most, size);
}
console.log(most / 2 ** 20);`;

describe('the image, in pods of a namespace that is restricted, with a root that is read-only', () => {
  let scene: TestNamespace;
  let image: string;
  beforeAll(async () => {
    const { cluster } = await findCluster();
    image = await ensureOwnImage(cluster);
    scene = await TestNamespace.make(cluster);
    await scene.kubectl('label', 'namespace', scene.namespace, 'pod-security.kubernetes.io/enforce=restricted');
    const authority = await createAuthority(Date.now());
    const { cert, key } = await createServingCertificate(
      authority,
      { dnsNames: ['webhook'], ipAddresses: [] },
      Date.now(),
    );
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'tls', namespace: scene.namespace },
      type: 'kubernetes.io/tls',
      stringData: { 'tls.crt': cert, 'tls.key': key },
    };
    await kubectl(cluster, ['apply', '-f', '-'], JSON.stringify(secret));
    await start('webhook', {
      args: ['webhook'],
      env: [
        { name: 'RESTORE_HOOKS_SOURCES', value: 'annotations' },
        { name: 'RESTORE_HOOKS_SHUTDOWN_DELAY_SECONDS', value: '0' },
        { name: 'NODE_OPTIONS', value: '--max-semi-space-size=4' },
      ],
      readinessProbe: { httpGet: { path: '/readyz', port: 8080 }, periodSeconds: 1 },
      volumeMounts: [{ name: 'tls', mountPath: '/etc/restore-hooks/tls', readOnly: true }],
    });
    await start('executor', {
      args: ['executor'],
      readinessProbe: { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 1 },
    });
  }, 300_000);
  afterAll(() => scene.remove(), 150_000);

  async function start(name: string, container: object): Promise<void> {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: scene.namespace },
      spec: {
        restartPolicy: 'Never',
        enableServiceLinks: false,
        terminationGracePeriodSeconds: 5,
        securityContext: restricted.pod,
        containers: [
          { name: 'main', image, imagePullPolicy: 'Never', securityContext: restricted.container, ...container },
        ],
        volumes: [{ name: 'tls', secret: { secretName: 'tls' } }],
      },
    };
    await kubectl(scene.cluster, ['apply', '-f', '-'], JSON.stringify(pod));
  }

  async function ended(name: string): Promise<Ended> {
    const terminated = '.status.containerStatuses[0].state.terminated';
    await scene.kubectl('wait', `--for=jsonpath={${terminated}}`, `pod/${name}`, '--timeout=120s');
    const { stdout: code } = await scene.kubectl('get', 'pod', name, '-o', `jsonpath={${terminated}.exitCode}`);
    return { code: Number(code), said: (await scene.kubectl('logs', name)).stdout };
  }

  async function node(pod: string, script: string): Promise<string> {
    return (await scene.kubectl('exec', pod, '--', nodePath, '-e', script)).stdout.trim();
  }

  it.each([
    { name: 'help', args: ['--help'], code: 0, said: usage },
    { name: 'certs-help', args: ['certs', '--help'], code: 0, said: '--out DIR' },
    { name: 'no-part', args: [], code: 2, said: `which part?\n\n${usage}` },
    { name: 'a-shell', args: ['sh', '-c', 'id'], code: 2, said: 'there is no part called "sh"' },
    { name: 'certs-misuse', args: ['certs', '--no-such-option'], code: 2, said: '--no-such-option' },
    { name: 'executor-misuse', args: ['executor', 'take-back'], code: 2, said: 'there is no take-back' },
    {
      name: 'executor-env',
      args: ['executor'],
      env: [{ name: 'RESTORE_HOOKS_LOG_LEVEL', value: 'loud' }],
      code: 2,
      said: 'RESTORE_HOOKS_LOG_LEVEL',
    },
    {
      name: 'webhook-env',
      args: ['webhook'],
      env: [{ name: 'RESTORE_HOOKS_HTTPS_PORT', value: 'https' }],
      code: 1,
      said: 'RESTORE_HOOKS_HTTPS_PORT',
    },
    { name: 'webhook-bare', args: ['webhook'], code: 1, said: 'the certificate cannot be read' },
  ])(
    'ends $args ($name) with $code and says why',
    async ({ name, args, code, said, env = [] }) => {
      await start(name, { args, env });
      expect(await ended(name)).toEqual({ code, said: expect.stringContaining(said) });
    },
    150_000,
  );

  it('tells its version', async () => {
    const manifest = await readFile(join(import.meta.dirname, '../../package.json'), 'utf8');
    await start('version', { args: ['--version'] });
    const { version } = JSON.parse(manifest) as { version: string };
    expect(await ended('version')).toEqual({ code: 0, said: `${version}\n` });
  }, 150_000);

  it('serves as webhook and as executor, and answers their probes', async () => {
    await scene.ready('webhook');
    await scene.ready('executor');
    const { stdout: log } = await scene.kubectl('logs', 'webhook');
    expect(log).toContain('"msg":"webhook is listening"');
  }, 150_000);

  it('has no shell, runs as a user without rights, and cannot write anywhere', async () => {
    await scene.ready('webhook');
    for (const shell of ['sh', '/bin/sh', '/bin/busybox', 'npm'])
      await expect(scene.kubectl('exec', 'webhook', '--', shell)).rejects.toThrow(/no such file|not found/);
    expect(await node('webhook', 'console.log(process.getuid(), process.getgid())')).toBe(`${user.uid} ${user.gid}`);
    const attempt = `for (const folder of ['/', '/app', '/nodejs', '/etc'])
      try { require('fs').writeFileSync(folder + '/x', ''); console.log('written', folder) } catch (e) { console.log(e.code) }`;
    expect(await node('webhook', attempt)).toMatch(/^((EROFS|EACCES)\n?){4}$/);
  }, 150_000);

  it("keeps Node's young heap small by NODE_OPTIONS, which the chart sets for the webhook", async () => {
    await scene.ready('webhook');
    await scene.ready('executor');
    expect(Number(await node('webhook', churn))).toBeLessThanOrEqual(12);
    expect(Number(await node('executor', churn))).toBeGreaterThan(12);
  }, 150_000);

  it.each(['webhook', 'executor'])(
    'ends the %s in order on SIGTERM, though it is process 1',
    async (name) => {
      await scene.ready(name);
      await node(name, "process.kill(1, 'SIGTERM')");
      expect((await ended(name)).code).toBe(0);
    },
    150_000,
  );
});
