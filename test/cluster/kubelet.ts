import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addressesIn, cgroupOf, kubeconfigOf, nodeNameOf, type Instance } from './instance.ts';
import { certificateOf } from './certificates.ts';
import { containerdSocket } from './containerd.ts';
import { serverOf } from './control-plane.ts';
import { answers, askAsAdmin } from './probe.ts';
import type { Component } from './component.ts';

export function kubelet(instance: Instance): Component {
  const { node } = addressesIn(instance);
  return {
    name: 'kubelet',
    command: [
      'kubelet',
      `--config=${configFile(instance)}`,
      `--kubeconfig=${kubeconfigOf(instance, 'kubelet')}`,
      `--hostname-override=${nodeNameOf(instance.name)}`,
      `--node-ip=${node}`,
    ],
    ready: async () => (await answers(`http://${node}:10248/healthz`)) && knowsItsPods(instance),
  };
}

/**
 * Whether the kubelet has heard of every pod of its node: healthy a moment before that, it says of an exec that the pod does
 * not exist. Without an API server there is nothing it could hear of.
 */
async function knowsItsPods(instance: Instance): Promise<boolean> {
  const { node } = addressesIn(instance);
  const selector = `fieldSelector=spec.nodeName=${nodeNameOf(instance.name)}`;
  const bound = await askAsAdmin(instance, `${serverOf(instance)}/api/v1/pods?${selector}`);
  if (bound?.status !== 200) return true;
  const known = await askAsAdmin(instance, `https://${node}:10250/pods`);
  if (known?.status !== 200) return false;
  const uids = new Set(uidsIn(known.text));
  return uidsIn(bound.text).every((uid) => uids.has(uid));
}

function uidsIn(list: string): readonly string[] {
  const { items } = JSON.parse(list) as { items: readonly { metadata: { uid: string } }[] | null };
  return (items ?? []).map(({ metadata }) => metadata.uid);
}

export async function configureKubelet(instance: Instance): Promise<void> {
  const { node } = addressesIn(instance);
  const server = certificateOf(instance, 'kubelet-server');
  // There is no DNS, neither the cluster's nor, from the node, the host's: a pod that asks itself is refused at once.
  const nameserver = '127.0.0.1';
  const resolvConf = join(instance.folder, 'resolv.conf');
  await writeFile(resolvConf, `nameserver ${nameserver}\n`);
  const configuration = {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: node,
    healthzBindAddress: node,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: certificateOf(instance, 'ca').cert },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: server.cert,
    tlsPrivateKeyFile: server.key,
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${cgroupOf(instance.name)}`,
    enforceNodeAllocatable: [],
    failCgroupV1: false,
    failSwapOn: false,
    resolvConf,
    clusterDNS: [nameserver],
    clusterDomain: 'cluster.local',
    // A developer's disk is often nearly full, which is no reason to evict a test's pod or to delete its image.
    evictionHard: { 'memory.available': '50Mi', 'nodefs.available': '200Mi', 'imagefs.available': '200Mi' },
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    // Kubernetes' defaults of 5 and 10 a second would be what a test with many pods measures.
    registryPullQPS: 0,
    eventRecordQPS: 0,
    // A test changes ConfigMaps and waits for the pods to see it.
    syncFrequency: '10s',
  };
  await writeFile(configFile(instance), JSON.stringify(configuration, null, 2));
}

function configFile(instance: Instance): string {
  return join(instance.folder, 'kubelet.json');
}
