import { describe, expect, it } from '@jest/globals';
import { keepEnvironment } from '../../../certs/keep-config.ts';
import { readEnvironment } from '../../../shared/service/environment.ts';

const dayMs = 86_400_000;

describe('the configuration of certs keep', () => {
  it('has a default for everything', () => {
    expect(readEnvironment(keepEnvironment, {})).toEqual({
      ok: true,
      config: {
        mode: 'self',
        secret: { namespace: 'restore-hooks', name: 'restore-hooks-webhook-tls' },
        registration: 'restore-hooks',
        service: { namespace: 'restore-hooks', name: 'restore-hooks-webhook' },
        folder: '/etc/restore-hooks/tls',
        address: { host: '127.0.0.1', port: 8443 },
        lives: { authorityMs: 365 * dayMs, leafMs: 30 * dayMs },
        settleMs: 30_000,
        checkMs: 10_000,
        probes: { host: '0.0.0.0', port: 8081 },
        kubeconfig: null,
        logLevel: 'info',
      },
    });
  });

  it('takes fractions of days, and gives API servers a ninth of a short life', () => {
    const env = { RESTORE_HOOKS_CERTS_DAYS: '0.00052083333333', RESTORE_HOOKS_CERTS_AUTHORITY_DAYS: '0.5' };
    const reading = readEnvironment(keepEnvironment, env);
    if (!reading.ok) throw new Error(reading.message);
    expect(reading.config.lives.leafMs).toBeCloseTo(45_000, 0);
    expect(reading.config.lives.authorityMs).toBe(dayMs / 2);
    expect(reading.config.settleMs).toBeCloseTo(5_000, 0);
  });

  it.each([
    ['[::1]:8443', { host: '::1', port: 8443 }],
    ['localhost:1', { host: 'localhost', port: 1 }],
  ])('reads the address %s', (text, address) => {
    expect(readEnvironment(keepEnvironment, { RESTORE_HOOKS_CERTS_ADDRESS: text })).toMatchObject({
      config: { address },
    });
  });

  it.each([
    ['RESTORE_HOOKS_CERTS_MODE', 'auto', 'self or check'],
    ['RESTORE_HOOKS_CERTS_ADDRESS', '8443', 'HOST:PORT'],
    ['RESTORE_HOOKS_CERTS_ADDRESS', '::1:8443', 'HOST:PORT'],
    ['RESTORE_HOOKS_CERTS_ADDRESS', 'localhost:0', 'HOST:PORT'],
    ['RESTORE_HOOKS_CERTS_ADDRESS', 'localhost:65536', 'HOST:PORT'],
    ['RESTORE_HOOKS_CERTS_DAYS', 'thirty', 'a number of days'],
    ['RESTORE_HOOKS_CERTS_DAYS', '0.0001', 'a number of days'],
    ['RESTORE_HOOKS_CERTS_DAYS', '366', 'not more than RESTORE_HOOKS_CERTS_AUTHORITY_DAYS'],
    ['RESTORE_HOOKS_CERTS_AUTHORITY_DAYS', '3651', 'a number of days'],
    ['RESTORE_HOOKS_CERTS_CHECK_SECONDS', '0', 'a number of seconds'],
    ['RESTORE_HOOKS_PROBE_PORT', '65536', 'a port'],
  ])('refuses %s=%s, and says what is wanted', (name, value, wanted) => {
    const reading = readEnvironment(keepEnvironment, { [name]: value });
    expect(reading).toMatchObject({
      ok: false,
      message: expect.stringContaining(`${name} is ${JSON.stringify(value)}`),
    });
    expect(reading).toMatchObject({ ok: false, message: expect.stringContaining(wanted) });
  });
});
