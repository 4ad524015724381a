import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { goEnv, requireGo } from '../cluster/binaries/build.ts';
import { run } from '../cluster/command.ts';
import { closed } from './closed-schema.ts';

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

interface Schema {
  readonly 'x-kubernetes-group-version-kind'?: readonly { group: string; version: string; kind: string }[];
  readonly [keyword: string]: unknown;
}

/**
 * Checks objects as an API server of one version would with `fieldValidation: Strict`, by the OpenAPI schemas in its own Go module:
 * wrong types, fields that are missing, fields that it does not know.
 */
export class KubernetesSchemas {
  readonly #folder: string;
  readonly #ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  readonly #loaded = new Map<string, Promise<ReadonlyMap<string, string>>>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Of a version such as `v1.30.14`; Go's module cache keeps them. Throws if there is no Go, or the module cannot be had. */
  static async of(version: string): Promise<KubernetesSchemas> {
    await requireGo();
    const told = await run('go', ['mod', 'download', '-json', `k8s.io/kubernetes@${version}`], { env: goEnv });
    const { Dir } = JSON.parse(told) as { Dir: string };
    return new KubernetesSchemas(join(Dir, 'api/openapi-spec/v3'));
  }

  /** What is wrong, a line each. Throws for a kind that Kubernetes itself has not. */
  async complaintsOf(object: KubernetesObject): Promise<readonly string[]> {
    const { apiVersion, kind, metadata } = object;
    const names = await this.#names(apiVersion);
    const name = names.get(kind);
    if (name === undefined) throw new Error(`Kubernetes has no ${apiVersion} ${kind}`);
    const validate = this.#ajv.compile({ $ref: `${apiVersion}#/components/schemas/${name}` });
    validate(object);
    return (validate.errors ?? []).map(({ instancePath, message, params }) => {
      return `${kind} ${metadata.name}${instancePath} ${message ?? ''} ${JSON.stringify(params)}`;
    });
  }

  #names(apiVersion: string): Promise<ReadonlyMap<string, string>> {
    const loaded = this.#loaded.get(apiVersion) ?? this.#load(apiVersion);
    this.#loaded.set(apiVersion, loaded);
    return loaded;
  }

  async #load(apiVersion: string): Promise<ReadonlyMap<string, string>> {
    const prefix = apiVersion.includes('/') ? 'apis' : 'api';
    const file = `${prefix}__${apiVersion.replace('/', '__')}_openapi.json`;
    const { components } = JSON.parse(await readFile(join(this.#folder, file), 'utf8')) as {
      components: { schemas: Readonly<Record<string, Schema>> };
    };
    const names = new Map<string, string>();
    for (const [name, schema] of Object.entries(components.schemas)) {
      for (const { kind } of schema['x-kubernetes-group-version-kind'] ?? []) names.set(kind, name);
    }
    this.#ajv.addSchema({ $id: apiVersion, components: { schemas: closed(components.schemas) } });
    return names;
  }
}
