import { isJsonMap } from '../../shared/json-value.ts';
import type { Container, Pod } from '../../shared/pod.ts';
import type { Json } from '../../shared/yaml-value.ts';

/** Kubernetes' own, which also count for a 0. */
const defaults = { initialDelaySeconds: 0, periodSeconds: 10, failureThreshold: 3 };

/**
 * How long a container may take to start before its startup probe has it killed, in milliseconds. null: it has no such probe,
 * or is not there.
 */
export function startupAllowsMs({ spec }: Pod, name: string): number | null {
  const containers: readonly Container[] = [...spec.containers, ...(spec.initContainers ?? [])];
  const probe = containers.find((container) => container.name === name)?.startupProbe as Json | undefined;
  if (!isJsonMap(probe)) return null;
  const field = (key: keyof typeof defaults): number => {
    const value = probe[key];
    return typeof value === 'number' && value > 0 ? value : defaults[key];
  };
  return (field('initialDelaySeconds') + field('failureThreshold') * field('periodSeconds')) * 1000;
}
