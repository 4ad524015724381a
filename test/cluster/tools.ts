import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, downloadModules, requireGo } from './binaries/build.ts';
import { cacheFolder, ensureFolder } from './cache.ts';
import { formatDuration, type Progress } from './progress.ts';

/** Programs for single tests and the bench; each is pinned by a go.mod of its own, as each wants other versions of Kubernetes' libraries. */
export const toolNames = ['helm', 'helm-docs', 'kube-router', 'kwok'] as const;
export type ToolName = (typeof toolNames)[number];

/**
 * Sees to it that a program exists, building it from the module that tools/NAME/go.mod pins: half a minute to three minutes
 * on two cores from cold, once per version and machine, nothing after that.
 *
 * @returns the path of the program.
 * @throws an Error of two lines if there is no Go, CommandFailed with the compiler's words if the build fails.
 */
export async function ensureTool(name: ToolName, progress: Progress): Promise<string> {
  const source = join(import.meta.dirname, 'tools', name);
  const { program, key, flags } = await readRecipe(name, source);
  const folder = join(cacheFolder(process.env), 'tools', `${name}-${key}`);
  await mkdir(join(folder, '..'), { recursive: true });
  await ensureFolder(folder, progress, async (temporary) => {
    const began = performance.now();
    await requireGo();
    await downloadModules(progress, source);
    // The folder takes its name only when it is whole: nothing is left to be done with the program.
    await build(progress, source, [{ name, package: program }], temporary, flags, () => Promise.resolve());
    progress.done(`Built ${name} in ${formatDuration(performance.now() - began)}.`);
  });
  return join(folder, name);
}

async function readRecipe(name: ToolName, source: string) {
  const goMod = await readFile(join(source, 'go.mod'), 'utf8');
  const goSum = await readFile(join(source, 'go.sum'), 'utf8');
  const program = /^tool (\S+)$/m.exec(goMod)?.[1];
  if (program === undefined) throw new Error(`${join(source, 'go.mod')} names no tool`);
  const module = program.replace(/\/cmd\/[^/]+$/, '');
  const version = goMod
    .split('\n')
    .map((line) =>
      line
        .trim()
        .replace(/^require /, '')
        .split(' '),
    )
    .find(([path]) => path === module)?.[1];
  if (version === undefined) throw new Error(`${join(source, 'go.mod')} requires no ${module}`);
  const stamps = versionStamps[name];
  const flags = [
    '-trimpath',
    '-ldflags',
    ['-s -w', ...stamps.map((variable) => `-X ${variable}=${version}`)].join(' '),
  ];
  return {
    program,
    flags,
    key: `${version}-${createHash('sha256')
      .update(JSON.stringify([goMod, goSum, ...flags, process.arch]))
      .digest('hex')
      .slice(0, 12)}`,
  };
}

/** Where each program keeps the version that it tells; a build from a module cache knows none. */
const versionStamps: Readonly<Record<ToolName, readonly string[]>> = {
  helm: ['helm.sh/helm/v4/internal/version.version'],
  'helm-docs': ['main.version'],
  'kube-router': ['github.com/cloudnativelabs/kube-router/v2/pkg/version.Version'],
  kwok: ['sigs.k8s.io/kwok/pkg/consts.Version'],
};
