import type { RulesReading } from '../resource-rule.ts';
import { restoreRules, type Restore } from '../restore.ts';

/** Text of hooks whose rules are kept: a busy cluster has a handful of restores under way, of a few KB each. */
const mostCharacters = 4 * 1024 * 1024;

/**
 * The rules of Restores, read once for all pods of a restore; of those used least recently the rules are forgotten first,
 * so that memory does not grow with the number of Restores.
 */
export function createRulesCache(): (restore: Restore) => RulesReading {
  const kept = new Map<string, { readonly text: string; readonly rules: RulesReading }>();
  let characters = 0;
  return (restore) => {
    const { uid, namespace, name, hooksText } = restore;
    const key = JSON.stringify([namespace, name, uid]);
    const before = kept.get(key);
    if (before?.text === hooksText) {
      kept.delete(key);
      kept.set(key, before);
      return before.rules;
    }
    if (before !== undefined) drop(key, before.text);
    const rules = restoreRules(restore);
    kept.set(key, { text: hooksText, rules });
    characters += hooksText.length;
    for (const [oldest, { text }] of kept) {
      if (characters <= mostCharacters || oldest === key) break;
      drop(oldest, text);
    }
    return rules;
  };

  function drop(key: string, text: string): void {
    kept.delete(key);
    characters -= text.length;
  }
}
