import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { AnyCluster } from './own-cluster.ts';
import { chartFolder, helm } from './release.ts';

export const olderVersion = '0.0.9';
/** A field of HookRun's spec that the older definition does not know yet. */
export const newerField = 'cancel';

interface Definition {
  readonly spec: {
    readonly versions: readonly {
      readonly schema: {
        readonly openAPIV3Schema: {
          readonly properties: { readonly spec: { readonly properties: Record<string, unknown> } };
        };
      };
    }[];
  };
}

/** Packages the chart as an earlier one would have been: of a lower version, with an older definition of HookRun. */
export async function packageOlderChart(
  cluster: AnyCluster,
): Promise<{ readonly archive: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'restore-hooks-chart-'));
  const chart = join(folder, 'restore-hooks');
  await cp(chartFolder, chart, { recursive: true });
  const manifest = join(chart, 'Chart.yaml');
  await writeFile(manifest, (await readFile(manifest, 'utf8')).replace(/^version: .*$/m, `version: ${olderVersion}`));
  const file = join(chart, 'files/crds/hookruns.yaml');
  const definition = parse(await readFile(file, 'utf8')) as Definition;
  for (const { schema } of definition.spec.versions) {
    Reflect.deleteProperty(schema.openAPIV3Schema.properties.spec.properties, newerField);
  }
  await writeFile(file, stringify(definition));
  await helm(cluster, ['package', chart, '--destination', folder]);
  return {
    archive: join(folder, `restore-hooks-${olderVersion}.tgz`),
    remove: () => rm(folder, { recursive: true }),
  };
}
