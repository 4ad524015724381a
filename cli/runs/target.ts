import { restoreLabelValue } from '../../shared/restore-label.ts';
import type { KnownRun } from './view.ts';

/** Whose hooks a command is about, as it was typed. */
export interface Target {
  /** `either`: as found. */
  readonly kind: 'pod' | 'restore' | 'either';
  /** null: by -n, or any. */
  readonly namespace: string | null;
  readonly name: string;
}

export type Selection =
  | { readonly is: 'found'; readonly kind: 'pod' | 'restore'; readonly runs: readonly KnownRun[] }
  | { readonly is: 'none'; readonly message: string }
  /** The command line must say more. */
  | { readonly is: 'unclear'; readonly message: string };

/**
 * Reads `NAME`, `pod/NAME`, `restore/NAME`, or a pod as tables show it, `NAMESPACE/NAME`. null: it is none of these.
 *
 * @param usual what a name alone is
 */
export function parseTarget(word: string, usual: Target['kind']): Target | null {
  const [first = '', second, ...rest] = word.split('/');
  if (second === undefined) return { kind: usual, namespace: null, name: first };
  if (first === '' || second === '' || rest.length > 0) return null;
  if (first === 'pod' || first === 'restore') return { kind: first, namespace: null, name: second };
  return { kind: 'pod', namespace: first, name: second };
}

/** As the target may be typed. */
export function targetText({ kind, namespace, name }: Target): string {
  if (namespace !== null) return `pod ${namespace}/${name}`;
  return kind === 'either' ? `a pod or restore ${name}` : `${kind} ${name}`;
}

/**
 * Picks the runs that are meant: of a restore all, of a pod the newest. Pods of one name in several namespaces are several
 * pods: which one, the command line must say.
 */
export function selectRuns(runs: readonly KnownRun[], target: Target): Selection {
  const { kind, name } = target;
  const ofRestore = kind === 'pod' ? [] : runsOfRestore(runs, name);
  const ofPod = kind === 'restore' ? [] : runsOfPod(runs, target);
  if (ofRestore.length > 0 && ofPod.length > 0) {
    const message = `there are a pod and a restore ${name}: say which, by pod/${name} or restore/${name}`;
    return { is: 'unclear', message };
  }
  if (ofPod.length > 1) {
    const namespaces = ofPod.map(({ view }) => view.namespace).sort();
    const shown = namespaces.length > 5 ? `${namespaces.slice(0, 5).join(', ')}, …` : namespaces.join(', ');
    return { is: 'unclear', message: `there are pods ${name} in ${shown}: say which, by -n NAMESPACE` };
  }
  if (ofRestore.length > 0) return { is: 'found', kind: 'restore', runs: ofRestore };
  if (ofPod.length > 0) return { is: 'found', kind: 'pod', runs: ofPod };
  return { is: 'none', message: `there is no HookRun of ${targetText(target)}` };
}

/**
 * The runs of the restore of a name, or of a value of the restore label. Of several Restores that bore the name, one after
 * the other, the one with the newest run counts (hooks.md section 2).
 */
export function runsOfRestore(runs: readonly KnownRun[], name: string): KnownRun[] {
  const label = restoreLabelValue(name);
  const found = runs.filter(
    (run) => run.restoreName === name || run.label === name || (run.restoreName === null && run.label === label),
  );
  const newest = newestOf(found.filter(({ restoreUid }) => restoreUid !== null));
  if (newest === undefined) return found;
  return found.filter(({ restoreUid }) => restoreUid === null || restoreUid === newest.restoreUid);
}

/** The newest run of each pod of the name: a StatefulSet's pods bear one name after the other. */
export function runsOfPod(runs: readonly KnownRun[], { namespace, name }: Target): KnownRun[] {
  const found = runs.filter(({ view }) => view.pod === name && (namespace === null || view.namespace === namespace));
  const namespaces = new Set(found.map(({ view }) => view.namespace));
  return [...namespaces].flatMap((each) => newestOf(found.filter(({ view }) => view.namespace === each)) ?? []);
}

function newestOf(runs: readonly KnownRun[]): KnownRun | undefined {
  return runs.reduce<KnownRun | undefined>(
    (newest, run) => (newest === undefined || run.createdAtMs > newest.createdAtMs ? run : newest),
    undefined,
  );
}
