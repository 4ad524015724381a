import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArguments, usage } from './arguments.ts';
import { benchExecutor } from './executor.ts';
import { fullExecutorPlan, quickExecutorPlan } from './executor/plan.ts';
import { executorPlots } from './executor/plots.ts';
import { renderExecutor, renderExecutorTerminal } from './executor/report.ts';
import { benchHostile, renderHostile } from './hostile.ts';
import { withSection } from './page.ts';
import { fullPlan, quickPlan } from './plan.ts';
import { plotsOf } from './plot.ts';
import { renderSection, renderTerminal } from './report.ts';
import { rowsOf } from './summary.ts';
import { benchWebhook } from './webhook.ts';

const docs = new URL('../../docs/', import.meta.url);
const [cpu] = cpus();
const machine = `${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'})`;
const progress = (line: string) => console.error(line);

async function runWebhook(isQuick: boolean, signal: AbortSignal): Promise<void> {
  const result = await benchWebhook(isQuick ? quickPlan : fullPlan, { signal, progress, nodeArguments: [] });
  console.log(renderTerminal(result));
  if (isQuick) return;
  const plots = plotsOf(rowsOf(result));
  await write(renderSection(result, machine, [...plots.keys()]), plots);
}

async function runExecutor(isQuick: boolean, signal: AbortSignal): Promise<void> {
  const result = await benchExecutor(isQuick ? quickExecutorPlan : fullExecutorPlan, { signal, progress });
  console.log(renderExecutorTerminal(result));
  if (isQuick) return;
  const plots = executorPlots(result);
  await write(renderExecutor(result, machine, [...plots.keys()]), plots);
}

async function write(section: string, plots: ReadonlyMap<string, string>): Promise<void> {
  await mkdir(new URL('bench/', docs), { recursive: true });
  for (const [name, svg] of plots) await writeFile(new URL(`bench/${name}`, docs), svg);
  const page = new URL('bench.md', docs);
  await writeFile(page, withSection(await readFile(page, 'utf8'), section));
  console.log('\nwrote docs/bench.md and docs/bench/');
}

function endsWithSignals(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => stop.abort(new Error(`ended by ${signal}`)));
  }
  return stop.signal;
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
  case 'hostile':
    console.log(renderHostile(benchHostile({ signal: endsWithSignals(), progress })));
    break;
  case 'webhook':
  case 'executor':
    try {
      await (command.is === 'webhook' ? runWebhook : runExecutor)(command.isQuick, endsWithSignals());
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    }
}
