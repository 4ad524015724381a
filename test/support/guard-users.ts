import { impersonator, type Asked, type Impersonate } from './impersonation.ts';
import { kubectl } from './kubectl.ts';
import type { AnyCluster } from './own-cluster.ts';

/** A rule of RBAC. */
export interface Right {
  readonly group?: string;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** What became of a request. */
export interface Answer {
  readonly allowed: boolean;
  /** Why not; empty if it was allowed. */
  readonly refusal: string;
  readonly warnings: string;
}

/** Without a word of the guard's. */
export const passed: Answer = { allowed: true, refusal: '', warnings: '' };

/** The right that the guard asks about. */
export const execRight: Right = { resources: ['pods/exec'], verbs: ['create'] };

/** Of pods whatever one needs, but not to run something in them. */
export const podRights: Right = {
  resources: ['pods', 'pods/status'],
  verbs: ['get', 'list', 'create', 'update', 'patch', 'delete'],
};

/** Makes users of a cluster, with exactly the rights that a test gives. */
export async function userMaker(cluster: AnyCluster): Promise<(name: string, groups?: readonly string[]) => User> {
  const impersonate = await impersonator(cluster);
  return (name, groups = []) => new User(cluster, impersonate, name, groups);
}

export class User {
  readonly name: string;

  readonly #cluster: AnyCluster;
  readonly #impersonate: Impersonate;
  readonly #groups: readonly string[];

  constructor(cluster: AnyCluster, impersonate: Impersonate, name: string, groups: readonly string[]) {
    this.#cluster = cluster;
    this.#impersonate = impersonate;
    this.name = name;
    this.#groups = groups;
  }

  /**
   * Gives rights, in place of those given for the same namespace before, and resolves when they hold.
   *
   * @param namespace null: in all of them
   */
  async may(namespace: string | null, ...rights: readonly Right[]): Promise<this> {
    const where = namespace === null ? {} : { namespace };
    const kind = namespace === null ? 'ClusterRole' : 'Role';
    const name = `guard-test-${this.name.replace(/[^a-z0-9]+/g, '-')}`;
    const apiVersion = 'rbac.authorization.k8s.io/v1';
    const rules = rights.map(({ group = '', resources, verbs }) => ({ apiGroups: [group], resources, verbs }));
    const role = { apiVersion, kind, metadata: { name, ...where }, rules };
    const binding = {
      ...{ apiVersion, kind: `${kind}Binding`, metadata: { name, ...where } },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: this.name }],
    };
    const items = [role, binding];
    await kubectl(this.#cluster, ['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    for (const right of rights) await this.#untilGranted(namespace, right);
    return this;
  }

  /** Resolves to whether it was done. Throws if it failed for another reason than that somebody refused it. */
  async ask(asked: Asked): Promise<Answer> {
    const { status, body, warnings } = await this.#impersonate(this.name, this.#groups, asked);
    const said = warnings.join('\n');
    if (status < 300) return { allowed: true, refusal: '', warnings: said };
    if (status !== 403) throw new Error(`${asked.method} ${asked.path} by ${this.name}: ${status} ${body}`);
    return { allowed: false, refusal: (JSON.parse(body) as { readonly message: string }).message, warnings: said };
  }

  /**
   * Creates an object.
   *
   * @param collection the path of its kind
   */
  create(collection: string, body: object): Promise<Answer> {
    return this.ask({ method: 'POST', path: collection, body });
  }

  /** What creating it would come to: what is refused is refused in a dry run, too. */
  tryCreate(collection: string, body: object): Promise<Answer> {
    return this.create(`${collection}?dryRun=All`, body);
  }

  /** Sends a merge patch. */
  patch(path: string, body: object): Promise<Answer> {
    return this.ask({ method: 'PATCH', path, body });
  }

  /** The authorizer learns of a new role a moment after it is stored. */
  async #untilGranted(namespace: string | null, { group = '', resources, verbs }: Right): Promise<void> {
    for (const named of resources) {
      const [resource, subresource] = named.split('/');
      const attributes = { group, resource, subresource, verb: verbs[0], ...(namespace !== null && { namespace }) };
      while (!(await this.#isGranted(attributes)));
    }
  }

  async #isGranted(resourceAttributes: object): Promise<boolean> {
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const body = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes },
    };
    const groups = [...this.#groups, 'system:authenticated'];
    const { body: told } = await this.#impersonate(this.name, groups, { method: 'POST', path, body });
    return (JSON.parse(told) as { readonly status: { readonly allowed: boolean } }).status.allowed;
  }
}
