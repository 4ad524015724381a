import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addressesIn, readProcess, type Instance } from './instance.ts';
import { answers, listens } from './probe.ts';
import type { Component } from './component.ts';
import type { Snapshotter } from './node.ts';

/** As the node sees it, where containerd's own tools look for it. */
export const containerdSocket = '/run/containerd/containerd.sock';

const registryPort = 5000;

/** What containerd pulls every image from, whatever registry its name speaks of. */
export function registry(instance: Instance): Component {
  const { node } = addressesIn(instance);
  return {
    name: 'registry',
    command: [
      process.execPath,
      join(import.meta.dirname, 'registry.ts'),
      '--host',
      node,
      '--port',
      String(registryPort),
    ],
    ready: () => answers(`http://${node}:${registryPort}/v2/`),
  };
}

export function containerd(instance: Instance): Component {
  return {
    name: 'containerd',
    command: ['containerd', '--config', configFile(instance)],
    ready: async () => {
      const node = await readProcess(instance.name, 'init');
      // The socket is on a mount of the node's, which its process 1 has in sight; this path is short enough for a socket's, too.
      return node !== null && listens(`/proc/${node.pid}/root${containerdSocket}`);
    },
  };
}

/** Writes containerd's configuration, that of the registries it asks and that of the pods' network. */
export async function configureContainerd(instance: Instance, snapshotter: Snapshotter): Promise<void> {
  const { node, pods } = addressesIn(instance);
  const hosts = join(instance.folder, 'registries', '_default');
  const network = join(instance.folder, 'cni');
  await mkdir(hosts, { recursive: true });
  await mkdir(network, { recursive: true });
  const registryUrl = `http://${node}:${registryPort}`;
  await writeFile(
    join(hosts, 'hosts.toml'),
    `server = "${registryUrl}"\n[host."${registryUrl}"]\ncapabilities = ["pull", "resolve"]\n`,
  );
  await writeFile(join(network, '10-pods.conflist'), JSON.stringify(podNetwork(pods), null, 2));
  await writeFile(
    configFile(instance),
    `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.internal.v1.tracing", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs"]
[grpc]
address = "${containerdSocket}"
[plugins."io.containerd.grpc.v1.cri"]
# An exec's stream; the kubelet, on the same node, is the only one to come.
stream_server_address = "127.0.0.1"
sandbox_image = "docker.io/library/pause:latest"
# Without the right to lower a process' score every sandbox would fail.
restrict_oom_score_adj = true
[plugins."io.containerd.grpc.v1.cri".containerd]
snapshotter = "${snapshotter}"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
SystemdCgroup = false
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/usr/lib/cni"
conf_dir = "${network}"
[plugins."io.containerd.grpc.v1.cri".registry]
config_path = "${join(instance.folder, 'registries')}"
`,
  );
}

/**
 * Each pod has a cable of its own to the node. On a common bridge an answer from pod to pod would not pass the node's packet
 * filter, and calls by a Service's address fail, unless the kernel has br_netfilter.
 */
function podNetwork(pods: string): unknown {
  return {
    cniVersion: '0.4.0',
    name: 'pods',
    plugins: [
      {
        type: 'ptp',
        ipMasq: false,
        ipam: { type: 'host-local', ranges: [[{ subnet: pods }]], routes: [{ dst: '0.0.0.0/0' }] },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  };
}

function configFile(instance: Instance): string {
  return join(instance.folder, 'containerd.toml');
}
