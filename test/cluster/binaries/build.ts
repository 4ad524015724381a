import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CommandMissing, run } from '../command.ts';
import type { Progress } from '../progress.ts';
import { measure, type Stale } from './work.ts';

export interface Program {
  readonly name: string;
  readonly package: string;
}

/** The machine's own GOFLAGS would build something else than the cache's key says; of git nothing is needed. */
export const goEnv = { CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: '-buildvcs=false' };

/** Throws an Error that says what to do if there is no Go. */
export async function requireGo(): Promise<void> {
  await run('go', ['version']).catch((cause: unknown) => {
    if (!(cause instanceof CommandMissing)) throw cause;
    throw new Error(
      'Go builds Kubernetes for the embedded cluster, and there is no `go` on the PATH.\n' +
        'Install the version that test/cluster/binaries/go.mod names, or a newer one, and put it on the PATH.',
      { cause },
    );
  });
}

/** Downloads the modules that the go.mod in `source` requires and Go's module cache has not yet. */
export async function downloadModules(progress: Progress, source: string): Promise<void> {
  const cache = (await run('go', ['env', 'GOMODCACHE'], { cwd: source })).trim();
  const total = zipsOf(await run('go', ['mod', 'edit', '-json'], { cwd: source })).filter(
    (zip) => !existsSync(join(cache, 'cache', 'download', zip)),
  ).length;
  if (total === 0) return;
  progress.step(`Downloading ${total} Go modules`);
  let done = 0;
  await run('go', ['mod', 'download', '-x'], {
    cwd: source,
    env: goEnv,
    onLine: (line) => {
      const module = /^# get \S*\/([^/]+)\/@v\/\S+\.zip: 200 /.exec(line)?.[1];
      if (module !== undefined) progress.bar(++done, total, module);
    },
  });
}

interface GoMod {
  readonly Require: readonly { Path: string; Version: string }[];
  readonly Replace: readonly { Old: { Path: string }; New: { Path: string; Version?: string } }[] | null;
}

/** Where the module cache keeps what a go.mod requires (go.dev/ref/mod, "Module cache"). */
function zipsOf(goModJson: string): readonly string[] {
  const goMod = JSON.parse(goModJson) as GoMod;
  const replaced = new Map(goMod.Replace?.map((each) => [each.Old.Path, each.New]));
  return goMod.Require.map((required) => {
    const { Path, Version = '' } = replaced.get(required.Path) ?? required;
    return `${escapeModule(Path)}/@v/${escapeModule(Version)}.zip`;
  });
}

function escapeModule(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);
}

/**
 * Builds programs one after the other into `folder`, calling `built` after each.
 * Throws CommandFailed with the compiler's words.
 */
export async function build(
  progress: Progress,
  source: string,
  programs: readonly Program[],
  folder: string,
  flags: readonly string[],
  built: (name: string) => Promise<void>,
): Promise<void> {
  progress.step('Finding out what is not compiled yet');
  const work = measure(await findStale(source, programs, flags));
  progress.step('Compiling');
  for (const [index, program] of programs.entries()) {
    const draw = (): void => {
      const what = work.left(program.package) === 0 ? 'linking' : `packages to go: ${work.left(program.package)}`;
      progress.bar(work.done(), work.total, `${program.name} (${index + 1} of ${programs.length}), ${what}`);
    };
    draw();
    await run('go', ['build', '-v', ...flags, '-o', join(folder, program.name), program.package], {
      cwd: source,
      env: goEnv,
      onLine: (line) => {
        if (work.compiled(line)) draw();
      },
    });
    work.linked(program.package);
    await built(program.name);
  }
}

/**
 * What `go build` would compile, by Go's own word; it prints a package only when it does compile it, so the length of the
 * list of dependencies says nothing.
 */
async function findStale(
  source: string,
  programs: readonly Program[],
  flags: readonly string[],
): Promise<readonly Stale[]> {
  const format = '{{if .Stale}}{{.ImportPath}}{{if eq .Name "main"}} {{join .Deps " "}}{{end}}{{end}}';
  const packages = programs.map((program) => program.package);
  const listed = await run('go', ['list', '-deps', '-f', format, ...flags, ...packages], { cwd: source, env: goEnv });
  return listed.split('\n').map((line) => {
    const [path = '', ...dependencies] = line.split(' ');
    return { path, dependencies };
  });
}
