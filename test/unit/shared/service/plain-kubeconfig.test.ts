import { describe, expect, it } from '@jest/globals';
import { readPlainKubeconfig } from '../../../../shared/service/plain-kubeconfig.ts';

interface Parts {
  readonly cluster?: Readonly<Record<string, unknown>>;
  readonly user?: Readonly<Record<string, unknown>>;
  readonly others?: Readonly<Record<string, unknown>>;
}

/** JSON, which is YAML too. */
function kubeconfig({ cluster = {}, user = { token: 'secret' }, others = {} }: Parts): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'own',
    contexts: [
      { name: 'other', context: { cluster: 'other', user: 'other' } },
      { name: 'own', context: { cluster: 'own', user: 'own', namespace: 'shop' } },
    ],
    clusters: [
      { name: 'other', cluster: { server: 'http://other' } },
      { name: 'own', cluster: { server: 'https://api:6443/', ...cluster } },
    ],
    users: [
      { name: 'other', user: { exec: { command: 'login' } } },
      { name: 'own', user },
    ],
    ...others,
  });
}

describe('readPlainKubeconfig', () => {
  it('reads server, authority and token of the current context', () => {
    const text = kubeconfig({ cluster: { 'certificate-authority-data': 'Y2E=', extensions: [] } });
    expect(readPlainKubeconfig(text, '/home/me/.kube/config')).toEqual({
      server: 'https://api:6443',
      ca: { base64: 'Y2E=' },
      cert: {},
      key: {},
      token: { text: 'secret' },
    });
  });

  it('reads YAML', () => {
    const text =
      'current-context: a\ncontexts: [{name: a, context: {cluster: b, user: c}}]\n' +
      'clusters: [{name: b, cluster: {server: "https://api"}}]\nusers: [{name: c, user: {token: t}}]\n';
    expect(readPlainKubeconfig(text, 'config')).toMatchObject({ server: 'https://api', token: { text: 't' } });
  });

  it('finds files beside the kubeconfig, unless their path is absolute', () => {
    const text = kubeconfig({
      cluster: { 'certificate-authority': '/etc/ca.crt', 'tls-server-name': 'api' },
      user: { 'client-certificate': 'me.crt', 'client-key': '../me.key', 'client-key-data': 'a2V5' },
    });
    expect(readPlainKubeconfig(text, '/home/me/.kube/config')).toEqual({
      server: 'https://api:6443',
      ca: { file: '/etc/ca.crt' },
      cert: { file: '/home/me/.kube/me.crt' },
      key: { file: '/home/me/me.key', base64: 'a2V5' },
      token: null,
      servername: 'api',
    });
  });

  it('does not verify a server only if told so', () => {
    const read = (value: boolean) =>
      readPlainKubeconfig(kubeconfig({ cluster: { 'insecure-skip-tls-verify': value } }), 'config');
    expect(read(true)).toMatchObject({ rejectUnauthorized: false });
    expect(read(false)).not.toHaveProperty('rejectUnauthorized');
  });

  it.each<[string, string]>([
    ['a plugin', kubeconfig({ user: { exec: { command: 'login' } } })],
    ['an identity provider', kubeconfig({ user: { 'auth-provider': { name: 'oidc' } } })],
    ['a password', kubeconfig({ user: { username: 'me', password: 'secret' } })],
    ['an impersonation', kubeconfig({ user: { token: 'secret', as: 'another' } })],
    ['a file of a token', kubeconfig({ user: { 'token-file': 'token' } })],
    ['a proxy', kubeconfig({ cluster: { 'proxy-url': 'http://proxy' } })],
    ['plain HTTP', kubeconfig({ cluster: { server: 'http://api' } })],
    ['a token that is no text', kubeconfig({ user: { token: 1 } })],
    ['an empty token', kubeconfig({ user: { token: '' } })],
    ['no such context', kubeconfig({ others: { 'current-context': 'gone' } })],
    ['no current context', kubeconfig({ others: { 'current-context': undefined } })],
    ['no users', kubeconfig({ others: { users: undefined } })],
    ['another user that is malformed', kubeconfig({ others: { users: [{ user: {} }] } })],
    ['what is no YAML', '{'],
    ['nothing', ''],
  ])('leaves %s to the client library', (_what, text) => {
    expect(readPlainKubeconfig(text, 'config')).toBeNull();
  });
});
