import type { ImageName } from './images.ts';

export const usage = `A real Kubernetes of one node on this machine, without Docker.

Usage: npm run cluster -- COMMAND [--name NAME] [options]

Commands
  up           Starts a cluster and leaves it running; starts what has ended of one that runs.
               --foreground    keep it only until Ctrl-C
               --image NAME    have this image ready, too (postgres); may be given several times
  down         Ends it and removes everything it has on this machine.
               --all           all of them
  status       Lists the clusters.
  kubeconfig   Prints the path of the kubeconfig.
               --content       print the kubeconfig itself
  exec CMD...  Runs a command with KUBECONFIG and PATH set to the cluster's.
               --node          run it on the node, where ctr, nft and the pods' network are

  --name NAME  Which cluster: "default" unless given. Any number can run side by side.
  --help       Prints this.

Examples
  npm run cluster -- up
  npm run cluster -- exec kubectl get pods --all-namespaces
  npm run cluster -- exec --name second --node ctr --namespace k8s.io containers list
  export KUBECONFIG=$(npm run --silent cluster -- kubeconfig)
  npm run cluster -- down --all

A cluster of your own (kind, minikube) works as well: RESTORE_HOOKS_KUBECONFIG=/path/to/kubeconfig for the tests.`;

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'up'; readonly name: string; readonly foreground: boolean; readonly images: readonly ImageName[] }
  | { readonly kind: 'down'; readonly name: string; readonly all: boolean }
  | { readonly kind: 'status' }
  | { readonly kind: 'kubeconfig'; readonly name: string; readonly content: boolean }
  | { readonly kind: 'exec'; readonly name: string; readonly node: boolean; readonly command: readonly string[] };

export type Parsed = { readonly command: Command } | { readonly error: string };

const flagsOf = {
  up: ['--foreground'],
  down: ['--all'],
  status: [],
  kubeconfig: ['--content'],
  exec: ['--node'],
} as const satisfies Record<Exclude<Command['kind'], 'help'>, readonly string[]>;

/** Reads the command line, which ends for `exec` where the command to be run begins: its options are its own. */
export function parseArguments(args: readonly string[]): Parsed {
  const flags = new Set<string>();
  const images: ImageName[] = [];
  let name = 'default';
  let kind: keyof typeof flagsOf | null = null;
  const rest = [...args];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (kind === 'exec' && (word === '--' || !word.startsWith('-'))) {
      if (word !== '--') rest.unshift(word);
      break;
    }
    const [option, attached] = word.startsWith('--') ? splitOnce(word) : [word];
    if (option === '--help' || option === '-h' || (kind === null && option === 'help'))
      return { command: { kind: 'help' } };
    if (option === '--name' || (option === '--image' && kind === 'up')) {
      const value = attached ?? rest.shift();
      if (value === undefined || value === '') return { error: `${option} needs a value` };
      if (option === '--name') name = value;
      else if (isImageName(value)) images.push(value);
      else return { error: `there is no image called ${value}` };
    } else if (kind === null && isKind(option)) kind = option;
    else if (kind !== null && (flagsOf[kind] as readonly string[]).includes(word)) flags.add(word);
    else return { error: `${kind ?? 'cluster'} does not take ${JSON.stringify(word)}` };
  }
  switch (kind) {
    case null:
      return args.length === 0 ? { command: { kind: 'help' } } : { error: 'which command?' };
    case 'up':
      return { command: { kind, name, foreground: flags.has('--foreground'), images } };
    case 'down':
      return { command: { kind, name, all: flags.has('--all') } };
    case 'status':
      return { command: { kind } };
    case 'kubeconfig':
      return { command: { kind, name, content: flags.has('--content') } };
    case 'exec':
      if (rest.length === 0) return { error: 'exec needs a command to run' };
      return { command: { kind, name, node: flags.has('--node'), command: rest } };
  }
}

function isImageName(word: string): word is ImageName {
  return (['pause', 'busybox', 'postgres'] satisfies readonly ImageName[] as readonly string[]).includes(word);
}

function isKind(word: string): word is keyof typeof flagsOf {
  return Object.hasOwn(flagsOf, word);
}

function splitOnce(word: string): readonly [string, string?] {
  const at = word.indexOf('=');
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}
