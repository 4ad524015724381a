import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { parse } from 'yaml';
import { goEnv, requireGo } from '../cluster/binaries/build.ts';
import { run } from '../cluster/command.ts';
import { closed } from './closed-schema.ts';
import type { KubernetesObject } from './kubernetes-schemas.ts';

/** Where the definitions of others are, whose objects the chart can make: Go modules of 4 MB each. */
const sources = [
  { module: 'github.com/cert-manager/cert-manager@v1.18.2', files: 'deploy/crds/*.yaml' },
  {
    module: 'github.com/prometheus-operator/prometheus-operator@v0.85.0',
    files: 'example/prometheus-operator-crd/*.yaml',
  },
];

interface Definition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: object } }[];
  };
}

/** Checks objects of cert-manager and of the Prometheus operator by these projects' own definitions, strictly. */
export class DefinitionSchemas {
  readonly #schemas: ReadonlyMap<string, object>;
  readonly #compiled = new Map<string, ValidateFunction>();
  readonly #ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true, code: { regExp: goPatterns() } });

  private constructor(schemas: ReadonlyMap<string, object>) {
    this.#schemas = schemas;
  }

  /** Go's module cache keeps them. Throws if there is no Go, or a module cannot be had. */
  static async load(): Promise<DefinitionSchemas> {
    await requireGo();
    const schemas = new Map<string, object>();
    for (const { module, files } of sources) {
      const told = await run('go', ['mod', 'download', '-json', module], { env: goEnv });
      const { Dir } = JSON.parse(told) as { Dir: string };
      for await (const path of glob(files, { cwd: Dir })) {
        const { spec } = parse(await readFile(join(Dir, path), 'utf8')) as Definition;
        for (const { name, schema } of spec.versions) {
          schemas.set(`${spec.group}/${name} ${spec.names.kind}`, schema.openAPIV3Schema);
        }
      }
    }
    return new DefinitionSchemas(schemas);
  }

  /** What is wrong, a line each. Throws for a kind that none of them defines. */
  complaintsOf(object: KubernetesObject): readonly string[] {
    const name = `${object.apiVersion} ${object.kind}`;
    const validate = this.#compiled.get(name) ?? this.#compile(name);
    this.#compiled.set(name, validate);
    validate(object);
    return (validate.errors ?? []).map(({ instancePath, message, params }) => {
      return `${name} ${object.metadata.name}${instancePath} ${message ?? ''} ${JSON.stringify(params)}`;
    });
  }

  #compile(name: string): ValidateFunction {
    const schema = this.#schemas.get(name);
    if (schema === undefined) throw new Error(`there is no definition of ${name}`);
    return this.#ajv.compile(closed(schema) as object);
  }
}

/** Go writes the flag i anywhere, JavaScript around what it is for; and some of Go's patterns are none with the flag u. */
function goPatterns() {
  const compile = (pattern: string) => new RegExp(pattern.replace(/\(\?i\)(.*)$/, '(?i:$1)'));
  return Object.assign(compile, { code: 'goPatterns' });
}
