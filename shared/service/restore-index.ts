import { restoreLabelValue } from '../restore-label.ts';
import type { Restore } from '../restore.ts';

/** A Restore as it is kept in memory. `hooksText` null: it is not kept, and has to be asked for. */
export type KeptRestore = Omit<Restore, 'hooksText'> & { readonly hooksText: string | null };

/** Restores by the label of their pods, in bounded memory. */
export interface RestoreIndex {
  put(key: string, restore: Restore): void;
  remove(key: string): void;
  /** All that have this label value; their number is that of Restores with one name. */
  find(labelValue: string): readonly KeptRestore[];
  /** Characters of hooks in memory. */
  characters(): number;
}

/**
 * Makes the index. Finding takes the same time for any number of Restores. Their hooks are kept up to a number of characters;
 * beyond it those of the oldest Restores go first. A Restore that is complete has no pods to come, and keeps none.
 */
export function createRestoreIndex(mostCharacters: number): RestoreIndex {
  const byKey = new Map<string, KeptRestore>();
  const byLabel = new Map<string, Set<string>>();
  /** Keys of those whose hooks are kept, the oldest first. */
  const holding = new Set<string>();
  let characters = 0;

  return { put, remove, find, characters: () => characters };

  function put(key: string, restore: Restore): void {
    // A status changes often; that must not make an old Restore a young one.
    const isYoung = !byKey.has(key);
    const place = holding.has(key);
    release(key);
    const keeps = restore.hooksText === '' || restore.completedAtMs === null;
    byKey.set(key, keeps ? restore : { ...restore, hooksText: null });
    if (isYoung) labelled(restore.name).add(key);
    if (!keeps || restore.hooksText === '') {
      holding.delete(key);
      return;
    }
    if (!place) holding.add(key);
    characters += restore.hooksText.length;
    for (const oldest of holding) {
      if (characters <= mostCharacters) break;
      release(oldest);
      holding.delete(oldest);
      const kept = byKey.get(oldest);
      if (kept !== undefined) byKey.set(oldest, { ...kept, hooksText: null });
    }
  }

  function remove(key: string): void {
    const restore = byKey.get(key);
    if (restore === undefined) return;
    release(key);
    holding.delete(key);
    byKey.delete(key);
    const label = restoreLabelValue(restore.name);
    const keys = byLabel.get(label);
    keys?.delete(key);
    if (keys?.size === 0) byLabel.delete(label);
  }

  function release(key: string): void {
    characters -= byKey.get(key)?.hooksText?.length ?? 0;
  }

  function labelled(name: string): Set<string> {
    const label = restoreLabelValue(name);
    const keys = byLabel.get(label) ?? new Set<string>();
    byLabel.set(label, keys);
    return keys;
  }

  function find(labelValue: string): readonly KeptRestore[] {
    return [...(byLabel.get(labelValue) ?? [])].flatMap((key) => byKey.get(key) ?? []);
  }
}
