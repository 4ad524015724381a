import { describe, expect, it } from '@jest/globals';
import { readCertsOptions } from '../../../certs/options.ts';

function read(line: string) {
  return readCertsOptions(line.split(' ').filter((word) => word !== ''));
}

describe('readCertsOptions', () => {
  it('reads the names, and takes defaults for the rest', () => {
    expect(read('--out d --dns a --dns b --ip ::1')).toEqual({
      ok: true,
      options: {
        out: 'd',
        dnsNames: ['a', 'b'],
        ipAddresses: ['::1'],
        days: 30,
        authorityDays: 365,
        registration: null,
      },
    });
  });

  it("adds a Service's names, and registers it", () => {
    expect(read('--out d --service ns/hook:8443 --registration f --failure-policy Fail --exclude x')).toMatchObject({
      ok: true,
      options: {
        dnsNames: ['hook.ns.svc', 'hook.ns.svc.cluster.local'],
        registration: {
          file: 'f',
          address: { service: { namespace: 'ns', name: 'hook', port: 8443 } },
          excludedNamespaces: ['x'],
          restoreNamespaces: ['velero'],
          failurePolicy: 'Fail',
          timeoutSeconds: 5,
        },
      },
    });
  });

  it.each([
    ['--dns a', '--out is missing'],
    ['--out d', 'one of --dns, --ip and --service is needed'],
    ['--out d --dns a --days 0', '--days is a whole number from 1 to 3650'],
    ['--out d --dns a --registration f', '--registration needs either --url or --service'],
    ['--out d --dns a --registration f --url http://a/', '--url is an https:// URL'],
    ['--out d --dns a --registration f --url https://a/ --timeout 31', '--timeout is a whole number from 1 to 30'],
    ['--out d --dns a --registration f --url https://a/ --failure-policy no', '--failure-policy is Ignore or Fail'],
    ['--out d --service x', '--service is NAMESPACE/NAME'],
    ['--out d --dns a --what', "Unknown option '--what'"],
  ])('refuses `%s` with a sentence', (line, sentence) => {
    expect(read(line)).toMatchObject({ ok: false, help: false, message: expect.stringContaining(sentence) });
  });

  it('tells what there is', () => {
    expect(read('--help')).toMatchObject({ ok: false, help: true, message: expect.stringContaining('--registration') });
  });
});
