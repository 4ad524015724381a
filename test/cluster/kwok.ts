import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { certificateOf } from './certificates.ts';
import type { Component } from './component.ts';
import { addressesIn, kubeconfigOf, type Instance } from './instance.ts';
import { answers } from './probe.ts';

/** Where the API server looks for a kubelet. */
const port = 10250;

/**
 * kwok in the kubelet's place: pods bound to any node become Running at once, and exec runs the command as a process beside
 * it, with the streams of a real kubelet. Its serving certificate is the kubelet's, which the API server trusts.
 *
 * @param program path of kwok
 */
export function kwok(instance: Instance, program: string): Component {
  const { node } = addressesIn(instance);
  const serving = certificateOf(instance, 'kubelet-server');
  return {
    name: 'kwok',
    command: [
      program,
      `--kubeconfig=${kubeconfigOf(instance)}`,
      `--config=${configFile(instance)}`,
      '--manage-all-nodes=true',
      `--node-ip=${node}`,
      `--node-port=${port}`,
      `--server-address=${node}:${port}`,
      `--tls-cert-file=${serving.cert}`,
      `--tls-private-key-file=${serving.key}`,
      '--v=WARN',
    ],
    ready: () => answers(`https://${node}:${port}/healthz`),
  };
}

/** To be called before it is started. */
export async function configureKwok(instance: Instance): Promise<void> {
  const documents = [options, ...stages, exec];
  await writeFile(configFile(instance), documents.map((document) => JSON.stringify(document)).join('\n---\n'));
}

function configFile(instance: Instance): string {
  return join(instance.folder, 'kwok.yaml');
}

const options = {
  apiVersion: 'config.kwok.x-k8s.io/v1alpha1',
  kind: 'KwokConfiguration',
  options: {
    enableDebuggingHandlers: true,
    podsOnNodeSyncParallelism: 4,
    podPlayStageParallelism: 16,
    nodePlayStageParallelism: 4,
    nodeLeaseParallelism: 1,
  },
};

/** Every container of every pod; the command is run as it is. */
const exec = kwokObject('ClusterExec', 'exec', { execs: [{ local: {} }] });

const nodeStatus = `
conditions:
{{ range NodeConditions }}
- lastHeartbeatTime: {{ Now | Quote }}
  lastTransitionTime: {{ Now | Quote }}
  message: {{ .message | Quote }}
  reason: {{ .reason | Quote }}
  status: {{ .status | Quote }}
  type: {{ .type | Quote }}
{{ end }}
addresses:
- address: {{ NodeIP | Quote }}
  type: InternalIP
daemonEndpoints:
  kubeletEndpoint:
    Port: {{ NodePort }}
allocatable: { cpu: 1k, memory: 1Ti, pods: 1M }
capacity: { cpu: 1k, memory: 1Ti, pods: 1M }
phase: Running
`;

/**
 * As a kubelet writes it, with the containers' IDs, by which a hook tells one start of a container from the next. The message
 * is the time of the start in full: the API server cuts startedAt to seconds.
 */
const podStatus = `
{{ $now := Now }}
{{ $uid := .metadata.uid }}
conditions:
{{ range list "Initialized" "Ready" "ContainersReady" }}
- lastTransitionTime: {{ $now | Quote }}
  status: "True"
  type: {{ . }}
{{ end }}
containerStatuses:
{{ range .spec.containers }}
- image: {{ .image | Quote }}
  imageID: {{ .image | Quote }}
  containerID: {{ printf "kwok://%s-%s" $uid .name | Quote }}
  name: {{ .name | Quote }}
  ready: true
  started: true
  restartCount: 0
  state:
    running:
      startedAt: {{ $now | Quote }}
{{ end }}
phase: Running
message: {{ $now | Quote }}
startTime: {{ $now | Quote }}
`;

const stages = [
  stage('node-ready', 'Node', [isNot('.status.phase', 'Running')], { statusTemplate: nodeStatus }),
  stage('pod-running', 'Pod', [isThere('.metadata.deletionTimestamp', false), isNot('.status.phase', 'Running')], {
    statusTemplate: podStatus,
  }),
  stage('pod-gone', 'Pod', [isThere('.metadata.deletionTimestamp', true)], { delete: true }),
];

function stage(name: string, kind: string, matchExpressions: readonly object[], next: object): object {
  return kwokObject('Stage', name, { resourceRef: { apiGroup: 'v1', kind }, selector: { matchExpressions }, next });
}

function kwokObject(kind: string, name: string, spec: object): object {
  return { apiVersion: 'kwok.x-k8s.io/v1alpha1', kind, metadata: { name }, spec };
}

function isNot(key: string, value: string): object {
  return { key, operator: 'NotIn', values: [value] };
}

function isThere(key: string, wanted: boolean): object {
  return { key, operator: wanted ? 'Exists' : 'DoesNotExist' };
}
