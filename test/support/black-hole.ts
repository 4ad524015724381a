import { run } from '../cluster/command.ts';
import { readInstance } from '../cluster/instance.ts';
import { within } from '../cluster/node.ts';

/**
 * Drops what the node sends to a port of any pod, without a word to whoever sent it, until the returned function is called. Pods reach
 * themselves as before.
 */
export async function blackHole(cluster: string, port: number): Promise<() => Promise<void>> {
  const table = `black-hole-${port}`;
  const inNode = async (rules: string) => {
    const instance = await readInstance(cluster);
    if (instance === null) throw new Error(`there is no cluster ${cluster}`);
    const [program, ...args] = await within(instance, ['nft', rules]);
    await run(program, args);
  };
  await inNode(
    `table inet ${table} { chain sent { type filter hook output priority 0; oifname != "lo" tcp dport ${port} drop; }; }`,
  );
  return () => inNode(`delete table inet ${table}`);
}
