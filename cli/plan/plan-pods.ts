import type { ExecHook, Left, Plan } from '../../shared/hook.ts';
import type { Inheritable } from '../../shared/inherit.ts';
import type { JsonPatchOperation } from '../../shared/json-patch.ts';
import { admissionPatch } from '../../shared/patch.ts';
import { stampPatch } from '../../shared/stamp.ts';
import { placeInit } from '../../shared/place-init.ts';
import { planPod } from '../../shared/plan.ts';
import type { Mode } from '../../shared/plan-context.ts';
import type { Container, Pod } from '../../shared/pod.ts';
import { policiesFor, readPolicy, type Policy } from '../../shared/policy.ts';
import { findingOf, isAfterCompletion, readRestore, restoresOf, type RestoreFinding } from '../../shared/restore.ts';
import { judgeRestored, type RestoreScope } from '../../shared/restored.ts';
import { runOrder } from '../../shared/run-order.ts';
import { asRestored, type RestoreTarget } from './as-restored.ts';
import type { PlanObjects } from './objects.ts';
import { whyNotRestored } from './why-not.ts';

export interface PlanSettings {
  readonly mode: Mode;
  readonly systemNamespace: string;
  readonly scope: RestoreScope;
  readonly inherit: readonly Inheritable[];
  /** In a takeover: the namespaces taken over. null: all. */
  readonly takeoverNamespaces: readonly string[] | null;
  /** Pods are taken as created by this Restore. null: as they are. */
  readonly target: RestoreTarget | null;
}

/** What `plan` prints of a pod: these fields, in this order. */
export interface PlanElement {
  /** NAMESPACE/NAME. */
  readonly pod: string;
  readonly restored: boolean;
  /** The Restore's name; the label's value if there is no such Restore; null if the pod is not restored. */
  readonly restore: string | null;
  /** The containers that are injected, as they are injected. */
  readonly init: readonly Container[];
  /** What the webhook would answer. */
  readonly patch: readonly JsonPatchOperation[];
  /** In the order in which they run if all containers are up at once. */
  readonly exec: readonly PlannedExec[];
  readonly warnings: readonly string[];
}

/** Of an exec hook: exactly what programs have been told to expect. */
export type PlannedExec = Omit<ExecHook, 'name' | 'retries' | 'retryDelayMs' | 'onInterrupt'>;

export interface PlannedPod {
  readonly element: PlanElement;
  /** Of a restored pod: why it is none of ours. */
  readonly left: Left | null;
  /** Whether the Restore is among those known. */
  readonly restoreKnown: boolean;
  /** Where its init containers come from, in their order. */
  readonly initHooks: Plan['init'];
  /** Its exec hooks whole, in the order of the element's. */
  readonly execHooks: Plan['exec'];
}

/** Plans every pod, in the order given, as the webhook would. */
export function planPods(objects: Omit<PlanObjects, 'others'>, settings: PlanSettings): PlannedPod[] {
  const restores = objects.restores.map(readRestore);
  const policies = objects.policies.map(readPolicy);
  const find = remember((label: string) => findingOf(restoresOf(label, restores)));
  const concerning = remember((namespace: string) => policiesFor(namespace, settings.systemNamespace, policies));
  return objects.pods.map((given) => {
    const { target, scope } = settings;
    const pod = target === null ? given : asRestored(given, target, scope.labelKey);
    return planOne(pod, settings, find, concerning);
  });
}

function planOne(
  pod: Pod,
  settings: PlanSettings,
  find: (label: string) => RestoreFinding,
  concerning: (namespace: string) => readonly Policy[],
): PlannedPod {
  const { mode, scope, inherit, takeoverNamespaces, target } = settings;
  const { namespace = '', name = pod.metadata.generateName ?? '', creationTimestamp } = pod.metadata;
  const shown = `${namespace}/${name}`;
  const judgement = judgeRestored(pod, scope);
  if (!judgement.restored) return notRestored(shown, whyNotRestored(judgement.reason, pod));
  const { restore: label } = judgement;
  const restore = find(label);
  const found = restore.is === 'found' ? restore.restore : null;
  const createdAtMs = creationTimestamp == null ? null : Date.parse(creationTimestamp);
  if (found !== null && target === null && isAfterCompletion(createdAtMs, found)) {
    const patch = mode === 'observe' || createdAtMs !== null ? [] : stampPatch(pod, label, false);
    return notRestored(shown, whyNotRestored('TooLate', pod, found.name), patch);
  }
  const policies = concerning(namespace);
  const stage = 'admission';
  const plan = planPod(pod, label, { mode, stage, restore, policies, inherit, takeoverNamespaces });
  const execHooks = runOrder(plan.exec);
  const injected = placeInit(pod, plan.init).filter(({ index }) => index === null);
  return {
    element: {
      pod: shown,
      restored: true,
      restore: found?.name ?? label,
      init: injected.map(({ hook, name }) => ({ ...hook.container, name })),
      patch: admissionPatch(pod, plan, label),
      exec: execHooks.map(execElement),
      warnings: [...new Set(plan.warnings.map(({ text }) => text))],
    },
    left: plan.left,
    restoreKnown: found !== null,
    initHooks: injected.map(({ hook }) => hook),
    execHooks,
  };
}

function notRestored(pod: string, why: string | null, patch: PlanElement['patch'] = []): PlannedPod {
  const warnings = why === null ? [] : [why];
  return {
    element: { pod, restored: false, restore: null, init: [], patch, exec: [], warnings },
    left: null,
    restoreKnown: false,
    initHooks: [],
    execHooks: [],
  };
}

function execElement(hook: ExecHook): PlannedExec {
  const { container, command, onError, execTimeoutMs, waitTimeoutMs, waitForReady, source, rule } = hook;
  return { container, command, onError, execTimeoutMs, waitTimeoutMs, waitForReady, source, rule };
}

/** Lists of ten thousand pods name few labels and namespaces. */
function remember<T>(ask: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const answer = ask(key);
    known.set(key, answer);
    return answer;
  };
}
