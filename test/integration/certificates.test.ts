import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { promisify } from 'node:util';
import { createAuthority, createServingCertificate } from '../../certs/certificates.ts';
import { writeCertificates } from '../../certs/write.ts';
import { readCertificate } from '../../webhook/certificate.ts';

const run = promisify(execFile);
const nowMs = Date.parse('2026-06-01T12:00:00Z');
const dayMs = 86_400_000;
const both = { dnsNames: ['hook.ns.svc', 'localhost'], ipAddresses: ['127.0.0.1', '::1'] };

// DER of: ecdsa-with-SHA256; a critical key usage of keyCertSign and cRLSign; one of digitalSignature.
const ecdsaWithSha256 = '06082a8648ce3d040302';
const authorityUsage = '0603551d0f0101ff040403020106';
const servingUsage = '0603551d0f0101ff040403020780';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'restore-hooks-certs-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('createAuthority', () => {
  it('makes a certificate authority for a year', async () => {
    const { cert } = await createAuthority(nowMs);
    const authority = new X509Certificate(cert);
    expect(authority.ca).toBe(true);
    expect(authority.verify(authority.publicKey)).toBe(true);
    expect(authority.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
    expect(authority.raw.toString('hex')).toContain(ecdsaWithSha256);
    expect(authority.raw.toString('hex')).toContain(authorityUsage);
    expect(authority.validFromDate.getTime()).toBe(nowMs - 300_000);
    expect(authority.validToDate.getTime()).toBe(nowMs + 365 * dayMs);
  });

  it('gives each one a name and a serial number of its own, above zero', async () => {
    const made = await Promise.all(Array.from({ length: 50 }, () => createAuthority(nowMs)));
    const certificates = made.map(({ cert }) => new X509Certificate(cert));
    expect(new Set(certificates.map(({ serialNumber }) => serialNumber)).size).toBe(50);
    expect(new Set(certificates.map(({ subject }) => subject)).size).toBe(50);
    for (const { serialNumber } of certificates) expect(BigInt(`0x${serialNumber}`)).toBeGreaterThan(0n);
  });
});

describe('createServingCertificate', () => {
  it('makes a certificate for the names and addresses, signed by the authority, for 30 days', async () => {
    const authority = await createAuthority(nowMs);
    const { cert } = await createServingCertificate(authority, both, nowMs);
    const leaf = new X509Certificate(cert);
    expect(leaf.ca).toBe(false);
    expect(leaf.checkIssued(new X509Certificate(authority.cert))).toBe(true);
    expect(leaf.verify(new X509Certificate(authority.cert).publicKey)).toBe(true);
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(leaf.raw.toString('hex')).toContain(servingUsage);
    expect(leaf.raw.toString('hex')).toContain(ecdsaWithSha256);
    expect(leaf.checkHost('hook.ns.svc')).toBe('hook.ns.svc');
    expect(leaf.checkHost('other.ns.svc')).toBeUndefined();
    expect(leaf.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(leaf.checkIP('::1')).toBe('::1');
    expect(leaf.validToDate.getTime()).toBe(nowMs + 30 * dayMs);
  });

  it('passes a real handshake by name and by address, and fails one by any other name or authority', async () => {
    const authority = await createAuthority(Date.now());
    const server = createServer(await createServingCertificate(authority, both, Date.now()), (socket) => socket.end());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const shake = async (servername: string | undefined, ca: string) => {
      const socket = connect({ host: '127.0.0.1', port, ca, ...(servername !== undefined && { servername }) });
      await once(socket, 'secureConnect');
      socket.destroy();
      return socket.authorized;
    };
    expect(await shake('hook.ns.svc', authority.cert)).toBe(true);
    expect(await shake(undefined, authority.cert)).toBe(true);
    await expect(shake('other', authority.cert)).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    await expect(shake('hook.ns.svc', (await createAuthority(Date.now())).cert)).rejects.toThrow();
    server.close();
    await once(server, 'close');
  });

  it.each([
    [{ dnsNames: ['a b'], ipAddresses: [] }, '"a b" is no DNS name'],
    [{ dnsNames: ['127.0.0.1'], ipAddresses: [] }, '"127.0.0.1" is no DNS name'],
    [{ dnsNames: [], ipAddresses: ['localhost'] }, '"localhost" is no IP address'],
    [{ dnsNames: [], ipAddresses: [] }, 'a serving certificate needs a DNS name or an IP address'],
  ])('refuses %j', async (subjects, message) => {
    const authority = await createAuthority(nowMs);
    await expect(createServingCertificate(authority, subjects, nowMs)).rejects.toThrow(message);
  });
});

describe('writeCertificates', () => {
  it('writes a key that only its owner reads, and what the webhook can load', async () => {
    const authority = await createAuthority(Date.now());
    const serving = await createServingCertificate(authority, both, Date.now());
    await writeFile(join(folder, 'tls.crt'), 'an older layout');
    const paths = await writeCertificates(folder, serving, authority.cert);
    expect(paths).toEqual(['tls.crt', 'tls.key', 'ca.crt'].map((name) => join(folder, name)));
    expect((await stat(join(folder, 'tls.key'))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(folder, 'ca.crt'), 'utf8')).toBe(authority.cert);
    expect(await readCertificate(folder, Date.now())).toMatchObject({ ok: true, certificate: serving });
  });

  it('never shows a reader the certificate of one version with the key of another', async () => {
    const authority = await createAuthority(Date.now());
    const issue = () => createServingCertificate(authority, both, Date.now());
    await writeCertificates(folder, await issue(), authority.cert);
    const state = { writing: true };
    const reader = (async () => {
      const problems: unknown[] = [];
      while (state.writing) {
        const reading = await readCertificate(folder, Date.now());
        if (!reading.ok) problems.push(reading.problem);
      }
      return problems;
    })();
    for (let round = 0; round < 50; round += 1) await writeCertificates(folder, await issue(), authority.cert);
    state.writing = false;
    expect(await reader).toEqual([]);
  }, 30_000);
});

describe('certs/main.ts', () => {
  const main = (...args: string[]) => run(process.execPath, ['certs/main.ts', ...args]);

  it('writes the files and the registration, and prints what it wrote', async () => {
    const file = join(folder, 'registration.json');
    const { stdout } = await main(
      '--out',
      folder,
      '--ip',
      '127.0.0.1',
      '--registration',
      file,
      '--url',
      'https://127.0.0.1:8443/mutate',
    );
    expect(stdout.trim().split('\n')).toEqual(
      ['tls.crt', 'tls.key', 'ca.crt', 'registration.json'].map((name) => `wrote ${join(folder, name)}`),
    );
    const registration = JSON.parse(await readFile(file, 'utf8')) as {
      webhooks: { clientConfig: { caBundle: string } }[];
    };
    const caBundle = Buffer.from(registration.webhooks[0]?.clientConfig.caBundle ?? '', 'base64').toString();
    expect(caBundle).toBe(await readFile(join(folder, 'ca.crt'), 'utf8'));
    expect(await readCertificate(folder, Date.now())).toMatchObject({ ok: true });
  }, 30_000);

  it('says what it needs, and exits with 2', async () => {
    await expect(main('--out', folder)).rejects.toMatchObject({
      code: 2,
      stderr: 'one of --dns, --ip and --service is needed; --help tells what there is\n',
    });
    expect((await main('--help')).stdout).toContain('--registration');
  }, 30_000);
});
