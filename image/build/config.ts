import manifest from '../../package.json' with { type: 'json' };
import type { ImageConfig } from './layout.ts';

/** As the distroless images have them, so that one chart fits the image of either making. */
export const nodePath = '/nodejs/bin/node';
export const appFolder = '/app';
export const user = { uid: 65_532, gid: 65_532 } as const;

/** In full, as container runtimes call it: `restore-hooks:0.1.0` in a pod. */
export const reference = `docker.io/library/${manifest.name}:${manifest.version}`;

/** @param source null: where the sources are is not known */
export function imageLabels(source: string | null): Readonly<Record<string, string>> {
  const labels = {
    title: manifest.name,
    description: manifest.description,
    version: manifest.version,
    licenses: manifest.license,
    ...(source !== null && { source }),
  };
  return Object.fromEntries(Object.entries(labels).map(([name, text]) => [`org.opencontainers.image.${name}`, text]));
}

/** What a container of the image starts from. */
export function imageConfig(labels: Readonly<Record<string, string>>): ImageConfig {
  return {
    User: `${user.uid}:${user.gid}`,
    // There is nothing else to be found.
    Env: ['PATH=/nodejs/bin', 'NODE_ENV=production'],
    Entrypoint: [nodePath, `${appFolder}/main.mjs`],
    WorkingDir: appFolder,
    Labels: labels,
  };
}
