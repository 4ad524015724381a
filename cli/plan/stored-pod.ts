import type { Container, Pod } from '../../shared/pod.ts';

/**
 * A pod as the API server would hand it on: amounts of resources are text there, and in files often numbers. Fields that are
 * null are absent.
 */
export function storedPod(pod: Pod): Pod {
  const { containers, initContainers, ephemeralContainers, resources } = pod.spec;
  return {
    ...pod,
    metadata: withoutNulls(pod.metadata),
    spec: withoutNulls({
      ...pod.spec,
      containers: containers.map(storedContainer),
      initContainers: initContainers?.map(storedContainer),
      ephemeralContainers: ephemeralContainers?.map(storedContainer),
      resources: resources == null ? resources : withTextAmounts(resources),
    } as Pod['spec']),
  };
}

function storedContainer(container: Container): Container {
  const { resources } = container as { readonly resources?: object | null };
  return withoutNulls(resources == null ? container : { ...container, resources: withTextAmounts(resources) });
}

function withTextAmounts<R extends object>(resources: R): R {
  const asText = (amounts: unknown) =>
    Object.fromEntries(
      Object.entries(amounts as Record<string, unknown>).map(([name, value]) => [name, String(value)]),
    );
  const { limits, requests } = resources as { readonly limits?: object | null; readonly requests?: object | null };
  return {
    ...resources,
    ...(limits != null && { limits: asText(limits) }),
    ...(requests != null && { requests: asText(requests) }),
  };
}

function withoutNulls<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined)) as T;
}
