import { addressesIn, kubeconfigOf, nodeNameOf, type Instance } from './instance.ts';
import { answers } from './probe.ts';
import type { Component } from './component.ts';

/** Services, by nftables: its rules are the node's own, as the node's network is. */
export function proxy(instance: Instance): Component {
  const { node, pods } = addressesIn(instance);
  return {
    name: 'kube-proxy',
    command: [
      'kube-proxy',
      '--proxy-mode=nftables',
      `--kubeconfig=${kubeconfigOf(instance, 'kube-proxy')}`,
      `--hostname-override=${nodeNameOf(instance.name)}`,
      `--cluster-cidr=${pods}`,
      `--healthz-bind-address=${node}:10256`,
      // These belong to the whole machine and cannot be written from the node's network.
      '--conntrack-max-per-core=0',
      '--conntrack-tcp-timeout-established=0',
      '--conntrack-tcp-timeout-close-wait=0',
    ],
    ready: () => answers(`http://${node}:10256/healthz`),
  };
}
