import type { Container, PodReview } from './pod.ts';

/** A large pod has some; a review of 1 MiB is that long by what is in them. */
const mostContainers = 16;
const mostVolumes = 48;
const variablesPerContainer = 16;
const variablesPerVolume = 12;
/** A variable, with the volume, the container and the managed fields that may come with it, is shorter. */
const longestPartBytes = 1_000;
/** Of the variable that makes the length exact, without its value. */
const frameBytes = 64;

/**
 * Makes a review as long as wanted by what makes real ones long: environment variables, volumes and their mounts, more
 * containers, and the managed fields that list them.
 *
 * @param bytes of the review as JSON, exactly
 * @throws if it is longer already.
 */
export function padded(review: PodReview, bytes: number): Buffer {
  let variables = 0;
  for (;;) {
    const missing = bytes - frameBytes - lengthOf(review);
    if (missing < 0) throw new Error(`a review of ${lengthOf(review)} bytes cannot be made one of ${bytes}`);
    const parts = Math.floor(missing / longestPartBytes);
    if (parts === 0) break;
    for (let part = 0; part < parts; part += 1) addPart(review, variables++);
  }
  const [container] = review.request.object.spec.containers;
  if (container === undefined) throw new Error('the review has a pod without containers');
  const certificate = { name: 'APP_CERTIFICATE', value: '' };
  container.env = [...(container.env ?? []), certificate];
  certificate.value = 'MIIC'.repeat(longestPartBytes).slice(0, bytes - lengthOf(review));
  const made = Buffer.from(JSON.stringify(review));
  if (made.length !== bytes) throw new Error(`made a review of ${made.length} bytes instead of ${bytes}`);
  return made;
}

function lengthOf(review: PodReview): number {
  return Buffer.byteLength(JSON.stringify(review));
}

function addPart(review: PodReview, number: number): void {
  const { spec, metadata } = review.request.object;
  const container = containerFor(spec.containers, number);
  if (number % variablesPerVolume === 0 && spec.volumes.length < mostVolumes) {
    const volume = `config-${number}`;
    const items = [{ key: 'application.yaml', path: 'application.yaml' }];
    spec.volumes.push({ name: volume, configMap: { name: `app-${volume}`, items, defaultMode: 420 } });
    container.volumeMounts.push({ name: volume, readOnly: true, mountPath: `/etc/app/${volume}` });
  }
  const name = `APP_SERVICE_${number}_ENDPOINT`;
  container.env = container.env ?? [];
  container.env.push({ name, value: `https://service-${number}.shop.svc.cluster.local:8443/api/v1` });
  const manager = metadata.managedFields?.[0];
  if (manager === undefined) return;
  const key = `k:{"name":"${container.name}"}`;
  const owned = (manager.fieldsV1[key] ??= { 'f:env': {} }) as { readonly 'f:env': Record<string, unknown> };
  owned['f:env'][`k:{"name":"${name}"}`] = { '.': {}, 'f:name': {}, 'f:value': {} };
}

/** The first containers are the pod's own; another one comes with every few variables, until there are as many as may be. */
function containerFor(containers: Container[], number: number): Container {
  const wanted = Math.floor(number / variablesPerContainer) % mostContainers;
  const known = containers[wanted];
  if (known !== undefined) return known;
  const [first] = containers;
  if (first === undefined) throw new Error('the review has a pod without containers');
  const added = { ...first, name: `worker-${wanted}`, env: [], volumeMounts: [...first.volumeMounts] };
  containers.push(added);
  return added;
}
