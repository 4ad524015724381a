import { join } from 'node:path';
import { addressesIn, type Instance } from './instance.ts';
import { answers } from './probe.ts';
import type { Component } from './component.ts';

/** etcd's own default of 2 GiB is soon full of the pods of a measurement. */
const quotaBytes = 8 * 1024 ** 3;

export function etcdUrl(instance: Instance): string {
  return `http://${addressesIn(instance).node}:2379`;
}

/** What the API server keeps everything in; the data goes with the instance, so that nothing has to reach the disk at once. */
export function etcd(instance: Instance): Component {
  const url = etcdUrl(instance);
  const peer = 'http://127.0.0.1:2380';
  return {
    name: 'etcd',
    command: [
      instance.etcd,
      '--name=etcd',
      `--data-dir=${join(instance.folder, 'etcd')}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=etcd=${peer}`,
      `--quota-backend-bytes=${quotaBytes}`,
      '--unsafe-no-fsync',
    ],
    ready: () => answers(`${url}/health`),
  };
}
