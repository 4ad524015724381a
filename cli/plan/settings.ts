import { inheritable, type Inheritable } from '../../shared/inherit.ts';
import { modes, type ModeSetting } from '../../shared/plan-context.ts';
import { defaultExcludedNamespaces, defaultRestoreLabel, type RestoreScope } from '../../shared/restored.ts';
import { defaultRestoreNamespace, defaultSystemNamespace, planFormats } from '../program/options.ts';
import type { GivenOptions } from '../program/parse.ts';
import type { LiveOptions } from './live.ts';

/** What the command line of `plan` asks for. */
export interface PlanOptions {
  readonly files: readonly string[];
  readonly format: (typeof planFormats)[number];
  readonly mode: ModeSetting;
  /** Of objects that name none. */
  readonly namespace: string;
  /** `name` null: the only Restore there is. */
  readonly asRestored: { readonly name: string | null } | null;
  readonly live: LiveOptions | null;
  readonly systemNamespace: string;
  readonly scope: RestoreScope;
  readonly inherit: readonly Inheritable[];
  readonly takeoverNamespaces: readonly string[] | null;
}

export type OptionsReading<Options> =
  { readonly ok: true; readonly options: Options } | { readonly ok: false; readonly message: string };

/** What asks nothing without --live. */
const onlyLive = ['restore-namespaces', 'kubeconfig', 'context'];
/** Words that stand for all namespaces. */
const everywhere: readonly string[] = ['*', 'all'];

/** Reads the options of `plan`, whose words parsing has checked one by one. */
export function readPlanOptions(given: GivenOptions): OptionsReading<PlanOptions> {
  const word = (name: string) => given.get(name)?.at(-1) ?? null;
  const files = given.get('filename') ?? [];
  if (files.length === 0) return { ok: false, message: 'files are missing: -f FILE, or -f - for standard input' };
  const useless = given.has('live') ? undefined : onlyLive.find((name) => given.has(name));
  if (useless !== undefined) return { ok: false, message: `--${useless} means nothing without --live` };
  const systemNamespace = word('system-namespace') ?? defaultSystemNamespace;
  const takeover = given.get('takeover-namespaces') ?? [];
  const asRestored = word('as-restored');
  const options: PlanOptions = {
    files,
    format: oneOf(planFormats, word('output')) ?? 'table',
    mode: oneOf(modes, word('mode')) ?? 'standalone',
    namespace: word('namespace') ?? 'default',
    asRestored: asRestored === null ? null : { name: asRestored === '' ? null : asRestored },
    live: given.has('live') ? readLiveOptions(given, word) : null,
    systemNamespace,
    scope: {
      labelKey: word('restore-label') ?? defaultRestoreLabel,
      excludedNamespaces: given.get('exclude-namespaces') ?? excludedBy(systemNamespace),
    },
    inherit: inheritable.filter((field) => (given.get('inherit') ?? []).includes(field)),
    takeoverNamespaces: takeover.length === 0 ? null : takeover,
  };
  return { ok: true, options };
}

function readLiveOptions(given: GivenOptions, word: (name: string) => string | null): LiveOptions {
  const namespaces = given.get('restore-namespaces') ?? [defaultRestoreNamespace];
  const isAll = namespaces.some((namespace) => everywhere.includes(namespace));
  return {
    kubeconfig: word('kubeconfig'),
    context: word('context'),
    restoreNamespaces: isAll ? null : [...new Set(namespaces)],
  };
}

function excludedBy(systemNamespace: string): string[] {
  return defaultExcludedNamespaces.map((namespace) =>
    namespace === defaultSystemNamespace ? systemNamespace : namespace,
  );
}

function oneOf<Word extends string>(words: readonly Word[], given: string | null): Word | null {
  return words.find((word) => word === given) ?? null;
}
