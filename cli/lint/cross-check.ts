import { policiesFor } from '../../shared/policy.ts';
import type { Pod } from '../../shared/pod.ts';
import type { HolderSite, PodSite } from './check-document.ts';
import type { Finding } from './finding.ts';
import type { PolicyHolder, RestoreHolder } from './holder.ts';
import type { LintOptions } from './lint.ts';
import { takenNames } from './pod-checks.ts';
import type { Remark } from './remark.ts';
import { restoredBy, restoredBySome } from './restoring.ts';
import { checkRulesInPod } from './rule-checks.ts';

/** The Restores and policies of all files. */
export interface Sites {
  readonly restores: readonly HolderSite<RestoreHolder>[];
  readonly policies: readonly HolderSite<PolicyHolder>[];
}

type RulesInPod = ReturnType<typeof checkRulesInPod>;

/** What is wrong with hooks of Restores and policies because of a pod that they concern; it is told at the rules, and names the pod. */
export function checkAgainst({ subject, execs, inits }: PodSite, sites: Sites, options: LintOptions): Finding[] {
  const kinds = { exec: execs.length === 0, init: inits.length === 0 };
  if (!kinds.exec && !kinds.init) return [];
  const { pod, title } = subject;
  const findings: Finding[] = [];
  const known = new Map<HolderSite, Map<string, RulesInPod>>();

  function report(site: HolderSite | undefined, remark: Remark): void {
    if (site !== undefined) findings.push(site.report({ ...remark, text: `${remark.text} (${title})` }));
  }

  /** The same for the Restore alone, and in every namespace that a Restore may bring the pod to. */
  function check(site: HolderSite, restored: Pod): RulesInPod {
    const inNamespaces = known.get(site) ?? new Map<string, RulesInPod>();
    known.set(site, inNamespaces);
    const namespace = restored.metadata.namespace ?? '';
    const before = inNamespaces.get(namespace);
    if (before !== undefined) return before;
    const checked = checkRulesInPod(restored, site.holder.checked, kinds);
    inNamespaces.set(namespace, checked);
    for (const remark of checked.remarks) report(site, remark);
    return checked;
  }

  for (const { restored, restore } of restorations(pod, sites.restores, options)) {
    const policies = policiesOf(restored, sites.policies, options.systemNamespace);
    const checked = [...restore, ...policies].map((site) => ({ site, ...check(site, restored) }));
    const rulesInits = checked.flatMap((each) => each.inits);
    for (const remark of takenNames(restored, rulesInits)) {
      const of = checked.find((each) => each.inits.some(({ placeOf }) => placeOf('name') === remark.place));
      report(of?.site, remark);
    }
  }
  return findings;
}

/** The pod as each Restore of the files would create it, or else as somebody might. */
function restorations(pod: Pod, restores: Sites['restores'], { restoreLabel }: LintOptions) {
  const found = restores.flatMap((site) => {
    const restored = restoredBy(pod, site.holder.restoring, restoreLabel);
    return restored === null ? [] : [{ restored, restore: [site] }];
  });
  return found.length > 0 ? found : [{ restored: restoredBySome(pod, restoreLabel), restore: [] }];
}

function policiesOf({ metadata }: Pod, sites: Sites['policies'], systemNamespace: string): HolderSite[] {
  const siteOf = new Map(sites.map((site) => [site.holder.policy, site]));
  const policies = policiesFor(metadata.namespace ?? '', systemNamespace, siteOf.keys());
  return policies.flatMap((policy) => siteOf.get(policy) ?? []);
}
