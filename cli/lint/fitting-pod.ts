import { isJsonList, isJsonMap } from '../../shared/json-value.ts';
import type { Pod } from '../../shared/pod.ts';
import type { PostHook } from '../../shared/resource-rule.ts';
import type { Json } from '../../shared/yaml-value.ts';

/**
 * A pod that has all that the hooks of a rule name: what they are warned about for this one, they are for any. (No other can
 * tell, since what a hook means depends on its pod.)
 */
export function fittingPod({ exec, init }: PostHook): Pod {
  const container = exec?.container;
  const name = typeof container === 'string' && container !== '' ? container : 'main';
  const inits = isJsonList(init?.initContainers) ? init.initContainers : [];
  const volumes = inits.flatMap((each) => [...namesIn(each, 'volumeMounts'), ...namesIn(each, 'volumeDevices')]);
  return {
    metadata: { name: 'pod', namespace: 'default' },
    spec: {
      containers: [{ name }],
      // Such a volume can be mounted, and be a device.
      volumes: volumes.map((volume) => ({ name: volume, persistentVolumeClaim: { claimName: volume } })),
      resourceClaims: inits
        .flatMap((each) => namesIn(field(each, 'resources'), 'claims'))
        .map((claim) => ({ name: claim })),
      ...(inits.some(needsUserNamespace) && { hostUsers: false }),
    },
  };
}

function needsUserNamespace(container: Json): boolean {
  return field(field(container, 'securityContext'), 'procMount') === 'Unmasked';
}

function namesIn(value: Json | undefined, list: string): string[] {
  const elements = field(value, list);
  if (!isJsonList(elements)) return [];
  return elements.map((element) => field(element, 'name')).filter((name) => typeof name === 'string');
}

function field(value: Json | undefined, name: string): Json | undefined {
  return isJsonMap(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
