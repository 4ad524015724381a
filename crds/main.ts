import { mkdir, writeFile } from 'node:fs/promises';
import { policyCrd } from './policy-crd.ts';
import { render } from './render.ts';

const folder = new URL('../charts/restore-hooks/crds/', import.meta.url);
await mkdir(folder, { recursive: true });
await writeFile(new URL('restorehookpolicies.yaml', folder), render(policyCrd));
