import { kubectl, kubectlJson } from './kubectl.ts';
import type { AnyCluster } from './own-cluster.ts';

interface Registration {
  readonly metadata: object;
  readonly webhooks: readonly { readonly name: string }[];
}

/** Which of the webhook's two registrations are in force. What is not is as good as a webhook that is down. */
export interface Admission {
  readonly pods: boolean;
  readonly restores: boolean;
}

/** The registration of a scene's webhook, whose parts can be taken away and put back. */
export class Registrations {
  readonly #cluster: AnyCluster;
  readonly #namespace: string;
  readonly #whole: Registration;

  private constructor(cluster: AnyCluster, namespace: string, whole: Registration) {
    this.#cluster = cluster;
    this.#namespace = namespace;
    this.#whole = whole;
  }

  static async read(cluster: AnyCluster, namespace: string): Promise<Registrations> {
    const whole = await kubectlJson<Registration>(cluster, ['get', 'mutatingwebhookconfiguration', 'restore-hooks']);
    return new Registrations(cluster, namespace, whole);
  }

  /** Resolves when the API server acts by it, which it does a moment after it took the object. */
  async set(wanted: Admission): Promise<void> {
    const names = [wanted.pods && 'pods.restorehooks.io', wanted.restores && 'restores.restorehooks.io'];
    const { metadata, ...rest } = this.#whole;
    const webhooks = this.#whole.webhooks.filter(({ name }) => names.includes(name));
    const object = { ...rest, metadata: { ...metadata, resourceVersion: undefined }, webhooks };
    await kubectl(this.#cluster, ['replace', '-f', '-'], JSON.stringify(object));
    while ((await this.#admitsPods()) !== wanted.pods || (await this.#admitsRestores()) !== wanted.restores);
  }

  async #admitsPods(): Promise<boolean> {
    const metadata = {
      name: 'probe',
      namespace: this.#namespace,
      // A label that names no Restore, so that the mode alone decides; nothing is patched in observe.
      labels: { 'velero.io/restore-name': 'probe' },
      annotations: { 'post.hook.restore.velero.io/comand': 'misspelt' },
    };
    const spec = { containers: [{ name: 'main', image: 'busybox:1.35' }] };
    const { stderr } = await this.#tryOut({ apiVersion: 'v1', kind: 'Pod', metadata, spec });
    return stderr.includes('did you mean');
  }

  async #admitsRestores(): Promise<boolean> {
    const resources = [{ name: 'probe', postHooks: [{ exec: { command: ['/bin/true'] } }] }];
    const { stdout } = await this.#tryOut({
      apiVersion: 'velero.io/v1',
      kind: 'Restore',
      metadata: { name: 'probe', namespace: 'velero' },
      spec: { hooks: { resources } },
    });
    const { spec } = JSON.parse(stdout) as { spec: { hooks: { resources?: unknown } } };
    return spec.hooks.resources === undefined;
  }

  #tryOut(object: object) {
    return kubectl(this.#cluster, ['create', '--dry-run=server', '-o', 'json', '-f', '-'], JSON.stringify(object));
  }
}
