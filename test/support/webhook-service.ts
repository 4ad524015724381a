import { registration as registrationOf } from '../../certs/registration.ts';
import { configurationsPath } from '../../certs/registrations.ts';
import type { Pod } from '../../shared/pod.ts';
import { defaultRestoreLabel } from '../../shared/restored.ts';
import type { ApiRequest, Cluster as Api } from '../../shared/service/api-client.ts';
import { openCluster } from '../../shared/service/open-cluster.ts';
import { kubectl } from './kubectl.ts';
import { idle, TestNamespace } from './test-namespace.ts';

export const serviceName = 'hook';

/**
 * Webhooks on this machine behind a Service of the cluster, in a namespace of their own. That is also where the pods are that they are asked
 * about; a registration that calls them does not exist at first.
 */
export class WebhookService extends TestNamespace {
  #api: Promise<Api> | null = null;

  /** Its name in certificates. */
  get dnsName(): string {
    return `${serviceName}.${this.namespace}.svc`;
  }

  /** Makes the Service, without anybody behind it. */
  async serve(): Promise<void> {
    await this.apply({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: serviceName, namespace: this.namespace },
      spec: { ports: [{ name: 'https', port: 443 }] },
    });
  }

  /** Puts a port of this machine behind the Service. */
  async publish(port: number): Promise<void> {
    const { namespace } = this;
    await this.apply({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: `${serviceName}-${port}`,
        namespace,
        labels: { 'kubernetes.io/service-name': serviceName, 'endpointslice.kubernetes.io/managed-by': 'test' },
      },
      addressType: 'IPv4',
      endpoints: [{ addresses: [this.cluster.hostAddress], conditions: { ready: true } }],
      ports: [{ name: 'https', protocol: 'TCP', port }],
    });
  }

  /** Registers the Service for restored pods of this namespace, which are refused where it cannot be called. */
  async register(caBundle: string | null): Promise<void> {
    const object = registrationOf({
      service: { namespace: this.namespace, name: serviceName },
      caBundle: caBundle ?? '',
      restoreLabel: defaultRestoreLabel,
      excludedNamespaces: [],
      restoreNamespaces: [`${this.namespace}-velero`],
      failurePolicy: 'Fail',
      // The machine is busy, and what is asked here is whether it is called at all.
      timeoutSeconds: 30,
    });
    const here = { key: 'kubernetes.io/metadata.name', operator: 'In', values: [this.namespace] };
    const webhooks = object.webhooks.map(({ clientConfig, ...webhook }) => ({
      ...webhook,
      clientConfig: { ...clientConfig, ...(caBundle === null && { caBundle: undefined }) },
      ...(webhook.name === 'pods.restorehooks.io' && { namespaceSelector: { matchExpressions: [here] } }),
    }));
    await this.apply({ ...object, metadata: { name: this.namespace }, webhooks });
  }

  get registrationPath(): string {
    return `${configurationsPath}/${this.namespace}`;
  }

  async unregister(): Promise<void> {
    await kubectl(this.cluster, ['delete', 'mutatingwebhookconfiguration', this.namespace, '--ignore-not-found']);
  }

  /** Has a restored pod admitted, as a dry run; resolves to how many init containers it was given. Rejects if it is refused. */
  async admit(): Promise<number> {
    const pod = await this.call<Pod>({
      method: 'POST',
      path: `/api/v1/namespaces/${this.namespace}/pods?dryRun=All`,
      body: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: 'restored',
          labels: { [defaultRestoreLabel]: 'r1' },
          annotations: {
            'init.hook.restore.velero.io/container-image': idle.image,
            'init.hook.restore.velero.io/command': '["/bin/true"]',
          },
        },
        spec: { containers: [{ name: 'main', ...idle }] },
      },
    });
    return pod.spec.initContainers?.length ?? 0;
  }

  /** As the cluster's admin. */
  protected async call<T>(request: ApiRequest): Promise<T> {
    this.#api ??= openCluster(this.cluster.kubeconfig, {});
    return (await this.#api).call<T>({ timeoutMs: 60_000, ...request });
  }

  protected async apply(object: object): Promise<void> {
    await kubectl(this.cluster, ['apply', '-f', '-'], JSON.stringify(object));
  }
}
