import { initKeys, nearestKnownKey, ownKeys, unsupportedKeys } from './annotations.ts';
import { nameSuffix } from './container-name.ts';
import type { InitHook, Plan } from './hook.ts';
import { inherit, parseInherit } from './inherit.ts';
import { parseExec } from './parse-exec.ts';
import { parseInit } from './parse-init.ts';
import { parseOwnExec } from './parse-own-exec.ts';
import { parseOwnInit } from './parse-own-init.ts';
import { placeInit } from './place-init.ts';
import type { Pod } from './pod.ts';
import type { HookWarning } from './warning.ts';
import { warnings } from './warning-sentences.ts';

/** More warnings do not fit into an answer, and a pod of 3 MiB has room for a hundred thousand misspelt keys. */
const mostUnknownKeys = 50;

/**
 * Decides what is to happen to a restored pod, and collects what was wrong in what was asked. The webhook asks it while the
 * pod is created and the executor when the pod is there, and both get the same hooks and the same words.
 *
 * @param pod with its namespace filled in
 */
export function planPod(pod: Pod): Plan {
  const init = [parseInit(pod.metadata), parseOwnInit(pod)];
  const exec = [parseExec(pod), parseOwnExec(pod)];
  const inherited = parseInherit(pod);
  const initHooks = init
    .flatMap(({ hooks }) => hooks)
    .map((hook) => ({ ...hook, container: inherit(hook.container, pod.spec.containers[0], inherited.fields) }));
  return {
    init: initHooks,
    exec: exec.flatMap(({ hooks }) => hooks),
    warnings: [
      ...init.flatMap((parsed) => parsed.warnings),
      ...takenNames(pod, initHooks),
      ...inherited.warnings,
      ...exec.flatMap((parsed) => parsed.warnings),
      ...strangeKeys(pod),
    ],
  };
}

function takenNames(pod: Pod, hooks: readonly InitHook[]): HookWarning[] {
  return placeInit(pod, hooks).flatMap(({ hook, attempt }) => {
    if (attempt === 1) return [];
    const key = hook.source === 'annotation' ? initKeys.name : ownKeys.init;
    return [warnings.nameTaken(key, hook.container.name, nameSuffix(attempt))];
  });
}

function strangeKeys(pod: Pod): HookWarning[] {
  let unknown = 0;
  return Object.keys(pod.metadata.annotations ?? {}).flatMap((key) => {
    if (unsupportedKeys.includes(key)) return [warnings.notSupported(key)];
    const nearest = unknown < mostUnknownKeys ? nearestKnownKey(key) : null;
    if (nearest === null) return [];
    unknown += 1;
    return [warnings.unknownKey(key, nearest)];
  });
}
