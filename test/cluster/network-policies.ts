import { setTimeout as delay } from 'node:timers/promises';
import { run } from './command.ts';
import { addressesIn, kubeconfigOf, nodeNameOf, readInstance, logOf, readProcess, type Instance } from './instance.ts';
import { launch, within } from './node.ts';
import { ensurePackages } from './packages.ts';
import { answers } from './probe.ts';
import { awaitEnd, send } from './process.ts';
import type { Progress } from './progress.ts';
import { ensureTool } from './tools.ts';

/** While it lasts, NetworkPolicies are kept; without it nobody minds them. */
export interface Enforcement {
  /** Ends it, and takes its rules away. */
  stop(): Promise<void>;
}

const name = 'kube-router';
const healthPort = 20244;
const startTimeoutMs = 60_000;
const endTimeoutMs = 30_000;
const path = '/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Keeps the NetworkPolicies of a running cluster, by the controller of kube-router, of which only that part is used: routes and
 * Services are made by others here. Resolves when the policies there are hold. Throws if it cannot be built, or does not start.
 */
export async function enforceNetworkPolicies(cluster: string, progress: Progress): Promise<Enforcement> {
  await ensurePackages(progress, ['ipset']);
  const program = await ensureTool(name, progress);
  const instance = await readInstance(cluster);
  if (instance === null) throw new Error(`there is no cluster ${cluster}`);
  const { node, services } = addressesIn(instance);
  const options = [
    `--kubeconfig=${kubeconfigOf(instance)}`,
    `--hostname-override=${nodeNameOf(instance.name)}`,
    `--service-cluster-ip-range=${services}`,
    '--run-firewall=true',
    '--run-router=false',
    '--run-service-proxy=false',
    `--health-port=${healthPort}`,
    '--metrics-port=0',
  ];
  await launch(instance, name, [program, ...options], { PATH: path });
  const deadline = performance.now() + startTimeoutMs;
  // It says that it is well once it has written its rules.
  while (!(await answers(`http://${node}:${healthPort}/healthz`))) {
    if (performance.now() > deadline) throw new Error(`${name} was not ready; see ${logOf(instance, name)}`);
    await delay(50);
  }
  return { stop: () => end(instance) };
}

async function end(instance: Instance): Promise<void> {
  const process = await readProcess(instance.name, name);
  if (process === null) return;
  await send(process, 'SIGTERM');
  if (!(await awaitEnd(process, endTimeoutMs))) throw new Error(`${name} did not end`);
  // Its own clean-up needs IPVS. Nobody else has rules in the node's table `filter`: kube-proxy's are in one of its own.
  const clear = ['iptables', 'ip6tables'].flatMap((program) => [`${program} -F`, `${program} -X`]);
  const [program, ...args] = await within(instance, ['sh', '-ec', [...clear, 'ipset destroy'].join('; ')]);
  await run(program, args, { env: { PATH: path } });
}
