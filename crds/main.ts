import { mkdir, writeFile } from 'node:fs/promises';
import { hookRunCrd } from './hook-run-crd.ts';
import { policyCrd } from './policy-crd.ts';
import { render } from './render.ts';

const folder = new URL('../charts/restore-hooks/files/crds/', import.meta.url);
await mkdir(folder, { recursive: true });
for (const crd of [hookRunCrd, policyCrd]) {
  await writeFile(new URL(`${crd.spec.names.plural}.yaml`, folder), render(crd));
}
