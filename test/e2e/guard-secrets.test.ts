import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { guardRelease } from '../support/guard.ts';
import { openGuardScene, type GuardScene } from '../support/guard-scene.ts';
import type { User } from '../support/guard-users.ts';

// A test asks a dozen questions or more, of a machine that may be busy.
jest.setTimeout(60_000);

let scene: GuardScene;
/** Whom the chart lets make Secrets, and somebody else who may. */
let webhook: User;
let other: User;

const secretRights = { resources: ['secrets'], verbs: ['create', 'get', 'update', 'patch'] };
const secretsPath = `/api/v1/namespaces/${guardRelease.namespace}/secrets`;
const ownName = 'restore-hooks-webhook-tls';
const tls = { type: 'kubernetes.io/tls', data: { 'tls.crt': '', 'tls.key': '' } };
/** The token controller would write the account's token into it. */
const token = { type: 'kubernetes.io/service-account-token' };
const ofExecutor = { 'kubernetes.io/service-account.name': 'restore-hooks-executor' };

beforeAll(async () => {
  scene = await openGuardScene();
  const account = `system:serviceaccount:${guardRelease.namespace}:restore-hooks-webhook`;
  webhook = await scene.user(account).may(guardRelease.namespace, secretRights);
  other = await scene.user('other').may(guardRelease.namespace, secretRights);
}, 180_000);
afterAll(() => scene.close(), 180_000);

it.each([
  { what: 'that of its certificate', metadata: { name: ownName }, more: tls, allowed: true },
  { what: 'one of another name', metadata: { name: 'other' }, more: tls, allowed: false },
  { what: 'one of another type', metadata: { name: ownName }, more: { type: 'Opaque' }, allowed: false },
  { what: 'one of no type', metadata: { name: ownName }, more: {}, allowed: false },
  {
    what: 'a token of the executor',
    metadata: { name: ownName, annotations: ofExecutor },
    more: token,
    allowed: false,
  },
  { what: 'one by a made-up name', metadata: { generateName: ownName }, more: tls, allowed: false },
])('the webhook’s account makes $what: allowed is $allowed', async ({ metadata, more, allowed }) => {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata, ...more };
  const answer = await webhook.tryCreate(secretsPath, secret);
  expect(answer.allowed).toBe(allowed);
  const says = 'type, metadata.name: the webhook of restore-hooks makes the Secret restore-hooks-webhook-tls';
  expect(answer.refusal).toContain(allowed ? '' : says);
  await expect(other.tryCreate(secretsPath, secret)).resolves.toMatchObject({ allowed: true });
});
