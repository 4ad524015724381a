import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArguments, usage } from './arguments.ts';
import { fullPlan, quickPlan } from './plan.ts';
import { plotsOf } from './plot.ts';
import { renderPage, renderTerminal } from './report.ts';
import { rowsOf } from './summary.ts';
import { benchWebhook } from './webhook.ts';

const docs = new URL('../../docs/', import.meta.url);

async function run(isQuick: boolean): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => stop.abort(new Error(`ended by ${signal}`)));
  }
  const result = await benchWebhook(isQuick ? quickPlan : fullPlan, {
    signal: stop.signal,
    progress: (line) => console.error(line),
    nodeArguments: [],
  });
  console.log(renderTerminal(result));
  if (isQuick) return;
  const plots = plotsOf(rowsOf(result));
  await mkdir(new URL('bench/', docs), { recursive: true });
  for (const [name, svg] of plots) await writeFile(new URL(`bench/${name}`, docs), svg);
  const [cpu] = cpus();
  const machine = `${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'})`;
  await writeFile(new URL('bench.md', docs), renderPage(result, machine, [...plots.keys()]));
  console.log('\nwrote docs/bench.md and docs/bench/');
}

const command = parseArguments(process.argv.slice(2));
switch (command.is) {
  case 'help':
    console.log(usage);
    break;
  case 'misuse':
    console.error(`${command.message}\n${usage}`);
    process.exitCode = 2;
    break;
  case 'webhook':
    try {
      await run(command.isQuick);
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    }
}
