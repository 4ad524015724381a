import { addressesIn, kubeconfigOf, type Instance } from './instance.ts';
import { certificateOf } from './certificates.ts';
import { etcdUrl } from './etcd.ts';
import { answers, askAsAdmin } from './probe.ts';
import type { Component } from './component.ts';

/** Where the API server is reached, from the host and within the cluster. */
export function serverOf(instance: Instance): string {
  return `https://${addressesIn(instance).node}:6443`;
}

/** With RBAC and the default admission plugins, as on a cluster of kubeadm's. */
export function apiServer(instance: Instance): Component {
  const { node, services } = addressesIn(instance);
  const own = certificateOf(instance, 'kube-apiserver');
  const admin = certificateOf(instance, 'admin');
  const ca = certificateOf(instance, 'ca');
  const serviceAccounts = certificateOf(instance, 'service-accounts');
  return {
    name: 'kube-apiserver',
    command: [
      'kube-apiserver',
      `--advertise-address=${node}`,
      '--secure-port=6443',
      `--etcd-servers=${etcdUrl(instance)}`,
      `--service-cluster-ip-range=${services}`,
      `--tls-cert-file=${own.cert}`,
      `--tls-private-key-file=${own.key}`,
      `--client-ca-file=${ca.cert}`,
      `--kubelet-certificate-authority=${ca.cert}`,
      `--kubelet-client-certificate=${admin.cert}`,
      `--kubelet-client-key=${admin.key}`,
      // The node's name is in nobody's DNS.
      '--kubelet-preferred-address-types=InternalIP',
      '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
      `--service-account-key-file=${serviceAccounts.cert}`,
      `--service-account-signing-key-file=${serviceAccounts.key}`,
      '--authorization-mode=Node,RBAC',
      '--allow-privileged=true',
    ],
    ready: async () => (await askAsAdmin(instance, `${serverOf(instance)}/readyz`))?.status === 200,
  };
}

/** Every controller of Kubernetes' own that is on by default. */
export function controllerManager(instance: Instance): Component {
  const { node } = addressesIn(instance);
  const ca = certificateOf(instance, 'ca');
  return {
    name: 'kube-controller-manager',
    command: [
      'kube-controller-manager',
      ...clientFlags(instance, 'kube-controller-manager'),
      `--bind-address=${node}`,
      '--use-service-account-credentials=true',
      `--service-account-private-key-file=${certificateOf(instance, 'service-accounts').key}`,
      `--root-ca-file=${ca.cert}`,
      `--cluster-signing-cert-file=${ca.cert}`,
      `--cluster-signing-key-file=${ca.key}`,
    ],
    ready: () => answers(`https://${node}:10257/healthz`),
  };
}

export function scheduler(instance: Instance): Component {
  const { node } = addressesIn(instance);
  return {
    name: 'kube-scheduler',
    command: ['kube-scheduler', ...clientFlags(instance, 'kube-scheduler'), `--bind-address=${node}`],
    ready: () => answers(`https://${node}:10259/healthz`),
  };
}

/** There is one of each: an election would only make a start and a restart slower. */
function clientFlags(instance: Instance, user: string): readonly string[] {
  const file = kubeconfigOf(instance, user);
  return [
    `--kubeconfig=${file}`,
    `--authentication-kubeconfig=${file}`,
    `--authorization-kubeconfig=${file}`,
    '--leader-elect=false',
    // The default of 20 requests a second is what a start, and a test with many pods, would wait for.
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
  ];
}
