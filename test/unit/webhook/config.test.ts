import { describe, expect, it } from '@jest/globals';
import { readWebhookConfig } from '../../../webhook/config.ts';

describe('readWebhookConfig', () => {
  it('has a default for everything', () => {
    expect(readWebhookConfig({})).toEqual({
      ok: true,
      config: {
        https: { host: '0.0.0.0', port: 8443 },
        probes: { host: '0.0.0.0', port: 8080 },
        tlsFolder: '/etc/restore-hooks/tls',
        tlsCheckIntervalMs: 10_000,
        clients: null,
        scope: { labelKey: 'velero.io/restore-name', excludedNamespaces: ['kube-system', 'restore-hooks'] },
        planning: {
          mode: 'auto',
          sources: 'all',
          kubeconfig: null,
          restoreNamespaces: ['velero'],
          takeoverNamespaces: null,
          systemNamespace: 'restore-hooks',
          inherit: [],
          lookupMs: 1_000,
          discoveryMs: 10_000,
          mostCharacters: 33_554_432,
        },
        limits: {
          handshakeTimeoutMs: 10_000,
          headersTimeoutMs: 10_000,
          requestTimeoutMs: 30_000,
          connections: 1_024,
          bodyBudgetBytes: 67_108_864,
        },
        shutdown: { delayMs: 5_000, graceMs: 10_000 },
        logLevel: 'info',
      },
    });
  });

  it('is not disturbed by what Kubernetes sets for a Service named restore-hooks-webhook', () => {
    const env = { RESTORE_HOOKS_WEBHOOK_PORT: 'tcp://10.0.0.1:443', RESTORE_HOOKS_WEBHOOK_SERVICE_HOST: '10.0.0.1' };
    expect(readWebhookConfig(env)).toEqual(readWebhookConfig({}));
  });

  it('has names of clients only together with their authority', () => {
    const env = { RESTORE_HOOKS_CLIENT_NAMES: 'api, other' };
    expect(readWebhookConfig({ ...env, RESTORE_HOOKS_CLIENT_CA_FILE: '/ca.crt' })).toMatchObject({
      ok: true,
      config: { clients: { authorityFile: '/ca.crt', names: ['api', 'other'] } },
    });
    expect(readWebhookConfig(env)).toEqual({
      ok: false,
      message:
        'RESTORE_HOOKS_CLIENT_CA_FILE is not set: wanted is the file of the authority that signs certificates with the names in RESTORE_HOOKS_CLIENT_NAMES',
    });
  });

  it('wants room for one body at least', () => {
    expect(readWebhookConfig({ RESTORE_HOOKS_BODY_BUDGET_MIB: '6' })).toEqual({
      ok: false,
      message: 'RESTORE_HOOKS_BODY_BUDGET_MIB is "6": wanted is a number of MiB between 7 and 4096',
    });
  });

  it('names what is wrong', () => {
    expect(readWebhookConfig({ RESTORE_HOOKS_HTTPS_PORT: 'https' })).toEqual({
      ok: false,
      message: 'RESTORE_HOOKS_HTTPS_PORT is "https": wanted is a port between 0 and 65535',
    });
  });
});
