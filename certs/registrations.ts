import type { Cluster } from '../shared/service/api-client.ts';
import { ApiError } from '../shared/service/api-error.ts';
import type { RegisteredBundle } from './situation.ts';

/** The registration as it was read; its version is the lock under which it is written. */
export interface SeenRegistration {
  readonly name: string;
  readonly webhooks: readonly RegisteredBundle[];
  readonly uid: string;
  readonly resourceVersion: string;
}

/** The MutatingWebhookConfiguration whose bundles are kept. Each throws ApiError or ApiUnreachable where the API server refuses, or is not there. */
export interface Registrations {
  /** null: there is none. */
  read(signal: AbortSignal): Promise<SeenRegistration | null>;
  /** Sets the bundle of these webhooks. False: it is not as it was read any more. */
  register(
    read: SeenRegistration,
    wanted: { readonly webhooks: readonly string[]; readonly bundle: string },
    signal: AbortSignal,
  ): Promise<boolean>;
}

interface ConfigurationObject {
  readonly metadata: { readonly uid: string; readonly resourceVersion: string };
  readonly webhooks?: readonly { readonly name: string; readonly clientConfig: { readonly caBundle?: string } }[];
}

/** Makes the client of one MutatingWebhookConfiguration. Nothing is sent before the first call. */
export function createRegistrations(cluster: Cluster, name: string): Registrations {
  const path = `${configurationsPath}/${encodeURIComponent(name)}`;
  return {
    async read(signal) {
      try {
        const { metadata, webhooks = [] } = await cluster.call<ConfigurationObject>({ method: 'GET', path }, signal);
        return {
          name,
          uid: metadata.uid,
          resourceVersion: metadata.resourceVersion,
          webhooks: webhooks.map(({ name: webhook, clientConfig: { caBundle = '' } }) => ({
            webhook,
            bundle: Buffer.from(caBundle, 'base64').toString('utf8'),
          })),
        };
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }
    },
    async register({ uid, resourceVersion }, { webhooks, bundle }, signal) {
      const caBundle = Buffer.from(bundle).toString('base64');
      // Webhooks are merged by name, and what else there is of them stays.
      const body = {
        metadata: { uid, resourceVersion },
        webhooks: webhooks.map((webhook) => ({ name: webhook, clientConfig: { caBundle } })),
      };
      const contentType = 'application/strategic-merge-patch+json';
      try {
        await cluster.call({ method: 'PATCH', path, body, contentType }, signal);
        return true;
      } catch (error) {
        if (error instanceof ApiError && (error.status === 404 || error.status === 409)) return false;
        throw error;
      }
    },
  };
}

/** Where the API server keeps them. */
export const configurationsPath = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
