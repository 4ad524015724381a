import { spawnSync } from 'node:child_process';
import { openProgress } from './progress.ts';
import { ensureTool, toolNames, type ToolName } from './tools.ts';

// A tool's own command line, after its name: `node test/cluster/tool.ts helm-docs --help`.
const [name, ...args] = process.argv.slice(2);
if (name === undefined || !isTool(name)) {
  console.error(`which tool? There are ${toolNames.join(', ')}`);
  process.exitCode = 2;
} else {
  using progress = openProgress(process.stderr);
  const program = await ensureTool(name, progress);
  process.exitCode = spawnSync(program, args, { stdio: 'inherit' }).status ?? 1;
}

function isTool(word: string): word is ToolName {
  return toolNames.some((each) => each === word);
}
