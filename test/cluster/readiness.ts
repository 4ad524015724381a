import { setTimeout as delay } from 'node:timers/promises';
import { serverOf } from './control-plane.ts';
import { logOf, nodeNameOf, type Instance } from './instance.ts';
import { askAsAdmin } from './probe.ts';

const timeoutMs = 120_000;
const pollMs = 50;

interface Node {
  readonly spec: { readonly taints?: readonly { readonly key: string; readonly effect: string }[] };
  readonly status: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  };
}

/**
 * Resolves when a pod can be made and scheduled: the node is Ready and without taints, and there is the service account every
 * pod has. Throws after two minutes, saying what is missing, and the signal's reason.
 */
export async function awaitPods(instance: Instance, signal?: AbortSignal): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const missing = (await missingNode(instance)) ?? (await missingServiceAccount(instance));
    if (missing === null) return;
    signal?.throwIfAborted();
    if (performance.now() > deadline) throw new Error(`after ${timeoutMs / 1000} s ${missing}`);
    await delay(pollMs);
  }
}

async function missingNode(instance: Instance): Promise<string | null> {
  const name = nodeNameOf(instance.name);
  const node = (await get(instance, `/api/v1/nodes/${name}`)) as Node | null;
  const log = logOf(instance, 'kubelet');
  if (node === null) return `the kubelet has not registered the node ${name}; its log is ${log}`;
  const ready = node.status.conditions?.find(({ type }) => type === 'Ready');
  if (ready?.status !== 'True')
    return `the node ${name} is not Ready: ${ready?.message ?? 'no reason given'}; see ${log}`;
  const taints = node.spec.taints ?? [];
  return taints.length === 0 ? null : `the node ${name} is tainted: ${taints.map(({ key }) => key).join(', ')}`;
}

async function missingServiceAccount(instance: Instance): Promise<string | null> {
  const account = await get(instance, '/api/v1/namespaces/default/serviceaccounts/default');
  const log = logOf(instance, 'kube-controller-manager');
  return account === null ? `there is no default service account; the log of who makes it is ${log}` : null;
}

async function get(instance: Instance, path: string): Promise<unknown> {
  const answer = await askAsAdmin(instance, `${serverOf(instance)}${path}`);
  return answer?.status === 200 ? JSON.parse(answer.text) : null;
}
