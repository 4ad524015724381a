import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { appFolder, imageConfig, imageLabels } from '../../../image/build/config.ts';
import { root } from '../../../image/build/root.ts';
import { copiedFromContext, readDockerfile, textsOf } from '../../support/image-dockerfile.ts';

const [build, final, ...others] = await readDockerfile();
if (build === undefined || final === undefined) throw new Error('the Dockerfile has not two stages');
const config = imageConfig(imageLabels(null));

describe('the Dockerfile', () => {
  it('has a stage that builds and one that is left, on a distroless image', () => {
    expect(others).toEqual([]);
    expect(build.base).toMatch(/ AS build$/);
    expect(final.base).toMatch(/^gcr\.io\/distroless\/nodejs\d+-debian\d+:nonroot$/);
  });

  it('has the Node of the package `node` in both', async () => {
    const text = await readFile(join(root, 'package.json'), 'utf8');
    const { devDependencies } = JSON.parse(text) as { devDependencies: { node: string } };
    const [major = ''] = devDependencies.node.split('.');
    expect(build.base).toMatch(new RegExp(`^node:${major}-`));
    expect(final.base).toContain(`/nodejs${major}-`);
  });

  it.each([
    { name: 'USER', texts: [config.User] },
    { name: 'WORKDIR', texts: [config.WorkingDir] },
    { name: 'ENV', texts: config.Env },
    { name: 'RUN', texts: [] },
    { name: 'CMD', texts: [] },
  ])('leaves the same $name as the archive has', ({ name, texts }) => {
    expect(textsOf(final, name)).toEqual(texts);
  });

  it('leaves the same entrypoint', () => {
    expect(textsOf(final, 'ENTRYPOINT').map((text) => JSON.parse(text) as unknown)).toEqual([config.Entrypoint]);
  });

  it("labels what is left as the archive is, without the version, which is the tag's", () => {
    const labels = textsOf(final, 'LABEL').map((text) => {
      const [, name = '', value = ''] = /^([\w.]+)="([^"]*)"$/.exec(text) ?? [];
      return [name, value];
    });
    expect(labels).toHaveLength(2);
    for (const [name = '', value] of labels) expect(config.Labels[name]).toBe(value);
  });

  it("leaves root's files of the build alone, at the same place", () => {
    expect(textsOf(final, 'COPY')).toEqual([`--from=build --chown=0:0 ${appFolder} ${appFolder}`]);
    expect(textsOf(build, 'RUN').at(-1)).toBe(`node image/build/main.ts --app ${appFolder}`);
  });

  it('copies all that .dockerignore lets into the context, and nothing else', async () => {
    const lines = (await readFile(join(root, '.dockerignore'), 'utf8'))
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    const copied = copiedFromContext(build).flatMap(({ from }) => from);
    expect(lines[0]).toBe('*');
    expect(lines.slice(1).sort()).toEqual(copied.map((path) => `!${path}`).sort());
  });
});
