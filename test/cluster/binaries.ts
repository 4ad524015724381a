import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { cacheFolder, inTemporary, withLock } from './cache.ts';
import { run } from './command.ts';
import { build, downloadModules, requireGo, type Program } from './binaries/build.ts';
import { formatDuration, type Progress } from './progress.ts';

/** In the order they are built: what the first compiles, the others have for nothing. */
const programs = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy', 'kubectl'];

export interface Binaries {
  /** Holds kube-apiserver, kube-controller-manager, kube-scheduler, kubelet, kube-proxy and kubectl. */
  readonly folder: string;
  /** Of the API server, for example `v1.36.3`. */
  readonly kubernetesVersion: string;
  /** The etcd to be run: that of KUBEBUILDER_ASSETS, else Debian's. */
  readonly etcd: string;
}

/**
 * Sees to it that the programs of Kubernetes exist, building those that do not from the modules binaries/go.mod pins:
 * about seven minutes on two cores from cold, once per version and machine, nothing after that.
 *
 * KUBEBUILDER_ASSETS, the variable of controller-runtime's envtest, may name a folder with programs to be used instead
 * (envtest's has kube-apiserver, etcd and kubectl); what is not in it is built all the same. The kubelet must not be newer
 * than the API server (Kubernetes' version skew policy), so that folder has to be of this version of Kubernetes or later.
 *
 * Throws an Error of two lines if there is no Go, CommandFailed with the compiler's words if the build fails.
 */
export async function ensureBinaries(progress: Progress): Promise<Binaries> {
  const { version, key, flags } = await readRecipe(join(import.meta.dirname, 'binaries'));
  const built = join(cacheFolder(process.env), 'kubernetes', `${version}-${key}`);
  const assets = process.env.KUBEBUILDER_ASSETS;
  const given = assets === undefined ? [] : [...programs, 'etcd'].filter((name) => existsSync(join(assets, name)));
  const wanted = programs.filter((name) => !given.includes(name));
  if (missingOf(built, wanted).length > 0) {
    await withLock(`${built}.lock`, progress, () => buildMissing(progress, built, wanted, flags));
  }
  if (assets === undefined || given.length === 0) return { folder: built, kubernetesVersion: version, etcd: 'etcd' };

  const folder = join(cacheFolder(process.env), 'kubernetes', `given-${hash([assets, built])}`);
  await mkdir(folder, { recursive: true });
  for (const name of wanted) await link(join(built, name), join(folder, name));
  for (const name of given) await link(join(assets, name), join(folder, name));
  return {
    folder,
    kubernetesVersion: given.includes('kube-apiserver') ? await askVersion(join(folder, 'kube-apiserver')) : version,
    etcd: given.includes('etcd') ? join(folder, 'etcd') : 'etcd',
  };
}

async function buildMissing(
  progress: Progress,
  folder: string,
  wanted: readonly string[],
  flags: readonly string[],
): Promise<void> {
  const missing = missingOf(folder, wanted);
  if (missing.length === 0) return;
  const began = performance.now();
  await requireGo();
  const source = join(import.meta.dirname, 'binaries');
  await downloadModules(progress, source);
  await mkdir(folder, { recursive: true });
  await inTemporary(folder, (temporary) =>
    build(progress, source, missing.map(toProgram), temporary, flags, (name) =>
      // Each as soon as it is whole: a build that is broken off goes on where it was.
      rename(join(temporary, name), join(folder, name)),
    ),
  );
  progress.done(`Built ${missing.join(', ')} in ${formatDuration(performance.now() - began)}.`);
}

function missingOf(folder: string, wanted: readonly string[]): readonly string[] {
  return wanted.filter((name) => !existsSync(join(folder, name)));
}

function toProgram(name: string): Program {
  return { name, package: `k8s.io/kubernetes/cmd/${name}` };
}

/** Everything the programs are a function of, but for Go itself: a newer one need not build them again. */
async function readRecipe(source: string): Promise<{ version: string; key: string; flags: readonly string[] }> {
  const goMod = await readFile(join(source, 'go.mod'), 'utf8');
  const goSum = await readFile(join(source, 'go.sum'), 'utf8');
  const [, version, major, minor] = /^\s*k8s\.io\/kubernetes (v(\d+)\.(\d+)\S*)/m.exec(goMod) ?? [];
  if (version === undefined || major === undefined || minor === undefined) {
    throw new Error(`${join(source, 'go.mod')} requires no k8s.io/kubernetes`);
  }
  // Without these the version says 0.0.0, which kubectl and kubeadm refuse to work with.
  const stamps = { gitVersion: version, gitMajor: major, gitMinor: minor, gitTreeState: 'archive' };
  const stamped = Object.entries(stamps).map(([key, value]) => `-X k8s.io/component-base/version.${key}=${value}`);
  const flags = ['-trimpath', '-ldflags', ['-s -w', ...stamped].join(' ')];
  return { version, key: hash([goMod, goSum, ...flags, process.arch]), flags };
}

async function link(target: string, path: string): Promise<void> {
  const fresh = join(path, '..', `.${basename(path)}.${process.pid}`);
  await rm(fresh, { force: true });
  await symlink(target, fresh);
  await rename(fresh, path);
}

async function askVersion(apiServer: string): Promise<string> {
  const said = await run(apiServer, ['--version']);
  const version = /^Kubernetes (v\S+)/m.exec(said)?.[1];
  if (version === undefined) throw new Error(`${apiServer} --version said ${JSON.stringify(said)}`);
  return version;
}

function hash(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
}
