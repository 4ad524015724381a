import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createAuthority, createServingCertificate } from '../../certs/certificates.ts';
import { kubectl } from './kubectl.ts';
import type { AnyCluster } from './own-cluster.ts';

export interface OtherWebhook {
  /** How often it was asked. */
  readonly asked: () => number;
  stop(): Promise<void>;
}

interface Review {
  readonly request: {
    readonly uid: string;
    readonly object: { readonly spec: { readonly initContainers?: readonly { readonly name: string }[] } };
  };
}

/**
 * Registers somebody else's mutating webhook, in a cluster that can reach this machine, for the pods of one namespace: it puts an init
 * container in front of all others, as service meshes do, unless it is there.
 *
 * @param name of its configuration: the API server asks webhooks in the order of these
 */
export async function startOtherWebhook(
  cluster: AnyCluster,
  options: {
    readonly name: string;
    readonly namespace: string;
    readonly container: object & { readonly name: string };
  },
): Promise<OtherWebhook> {
  const { name, namespace, container } = options;
  const authority = await createAuthority(Date.now());
  const subjects = { dnsNames: [], ipAddresses: [cluster.hostAddress] };
  const { cert, key } = await createServingCertificate(authority, subjects, Date.now());
  let asked = 0;
  const server = createServer({ cert, key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked += 1;
      const review = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Review;
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer(review, container)));
    });
  });
  server.listen(0, cluster.hostAddress);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const configuration = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      {
        name: 'pods.other.example',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Fail',
        reinvocationPolicy: 'IfNeeded',
        clientConfig: {
          url: `https://${cluster.hostAddress}:${port}/`,
          caBundle: Buffer.from(authority.cert).toString('base64'),
        },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
      },
    ],
  };
  await kubectl(cluster, ['apply', '-f', '-'], JSON.stringify(configuration));
  return {
    asked: () => asked,
    async stop() {
      await kubectl(cluster, ['delete', 'mutatingwebhookconfiguration', name]);
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function answer({ request: { uid, object } }: Review, container: { readonly name: string }): object {
  const { initContainers } = object.spec;
  const isThere = (initContainers ?? []).some(({ name }) => name === container.name);
  const patch =
    initContainers === undefined
      ? [{ op: 'add', path: '/spec/initContainers', value: [container] }]
      : [{ op: 'add', path: '/spec/initContainers/0', value: container }];
  const patched = { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') };
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid, allowed: true, ...(isThere ? {} : patched) },
  };
}
