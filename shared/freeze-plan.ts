import type { ExecHook, InitHook, Plan } from './hook.ts';
import {
  excludeFromBackupLabel,
  hookRunApiVersion,
  hookRunKind,
  hookRunName,
  hookRunRestoreLabel,
  type HookRun,
  type HookRunExec,
  type HookRunInit,
  type HookRunRestore,
  type HookRunSpec,
} from './hook-run.ts';
import { placeInit } from './place-init.ts';
import type { Pod } from './pod.ts';
import type { RestoreFinding } from './restore.ts';
import { storedBytes } from './stored-bytes.ts';

/** A plan of more than this, as JSON, is reported and not run (hooks.md section 8). */
export const planLimitBytes = 512 * 1024;

/** Whose pod it is, for the record. */
export interface PodIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** The Restore as a record names it. */
export function restoreOf(label: string, finding: RestoreFinding): HookRunRestore {
  if (finding.is !== 'found') return { label };
  const { name, namespace, uid } = finding.restore;
  return { label, name, namespace, uid };
}

/** The record of a pod's hooks, to be created: the plan as it is now, which later edits of annotations do not change. */
export function newHookRun(identity: PodIdentity, pod: Pod, plan: Plan, restore: HookRunRestore): HookRun {
  return {
    apiVersion: hookRunApiVersion,
    kind: hookRunKind,
    metadata: {
      name: hookRunName(identity),
      namespace: identity.namespace,
      labels: {
        [excludeFromBackupLabel]: 'true',
        ...(restore.label !== '' && { [hookRunRestoreLabel]: restore.label }),
      },
    },
    spec: {
      pod: { name: identity.name, uid: identity.uid },
      restore,
      run: 1,
      init: freezeInit(pod, plan.init),
      exec: freezeExec(plan),
    },
  };
}

/** The exec hooks of a plan, as a record holds them. */
export function freezeExec({ exec }: Pick<Plan, 'exec'>): HookRunExec[] {
  return exec.map(({ rule, waitTimeoutMs, ...hook }) => ({
    ...hook,
    ...(waitTimeoutMs !== null && { waitTimeoutMs }),
    ...(rule !== null && { rule }),
  }));
}

/** The exec hooks as they were frozen. */
export function thawExec({ exec }: HookRunSpec): ExecHook[] {
  return exec.map((frozen) => {
    const { name, container, command, onError, execTimeoutMs, waitTimeoutMs = null, waitForReady } = frozen;
    const { retries, retryDelayMs, onInterrupt, source, rule = null } = frozen;
    const asked = { container, command, onError, execTimeoutMs, waitTimeoutMs, waitForReady };
    return { ...asked, retries, retryDelayMs, onInterrupt, source, rule, ...(name !== undefined && { name }) };
  });
}

/** Whether a plan can be held by a HookRun. */
export function fitsHookRun({ init, exec }: Pick<HookRunSpec, 'init' | 'exec'>): boolean {
  return storedBytes([init, exec]) <= planLimitBytes;
}

/** By the names that the containers bear in the pod; one that is not there was never injected, and cannot be followed. */
function freezeInit(pod: Pod, hooks: readonly InitHook[]): HookRunInit[] {
  return placeInit(pod, hooks)
    .filter(({ index }) => index !== null)
    .map(({ hook, name }) => ({
      name,
      ...(hook.container.image !== undefined && { image: hook.container.image }),
      ...(hook.timeoutMs !== null && { timeoutMs: hook.timeoutMs }),
      source: hook.source,
      ...(hook.rule !== null && { rule: hook.rule }),
    }));
}
