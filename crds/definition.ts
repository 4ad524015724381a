import type { Schema } from './schema.ts';

/** A column of `kubectl get`; one of priority 1 is shown by `-o wide` alone. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly jsonPath: string;
  readonly description: string;
  readonly priority?: number;
}

export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly shortName: string;
  readonly description: string;
  readonly columns: readonly Column[];
  readonly spec: Schema;
  readonly status: Schema;
}

/** The CustomResourceDefinition of one of our kinds, as the API server takes it. */
export function definitionOf({ apiVersion, kind, plural, shortName, description, columns, spec, status }: Kind) {
  const [group = '', version = ''] = apiVersion.split('/');
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular: kind.toLowerCase(),
        shortNames: [shortName],
        categories: ['restore-hooks'],
      },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: columns,
          schema: {
            openAPIV3Schema: {
              description,
              type: 'object',
              required: ['spec'],
              properties: {
                apiVersion: { description: `${group}/${version}.`, type: 'string' },
                kind: { description: `${kind}.`, type: 'string' },
                metadata: { type: 'object' },
                spec,
                status,
              },
            } satisfies Schema,
          },
        },
      ],
    },
  };
}
