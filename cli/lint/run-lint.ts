import { defaultRestoreLabel } from '../../shared/restored.ts';
import { exitCodes, type Console, type ExitCode } from '../console.ts';
import { readInput } from '../input.ts';
import { defaultSystemNamespace } from '../program/options.ts';
import type { GivenOptions } from '../program/parse.ts';
import { lintFiles } from './lint.ts';
import { renderFindings, reportFormats } from './report.ts';

/** The command `lint`. What could be read is linted, whatever could not. */
export async function runLint(given: GivenOptions, console: Console): Promise<ExitCode | { readonly wrong: string }> {
  const word = (name: string) => given.get(name)?.at(-1);
  const names = given.get('filename') ?? [];
  if (names.length === 0) return { wrong: 'files are missing: -f FILE, or -f - for standard input' };
  const { files, problems } = await readInput(names, console.stdin);
  for (const problem of problems) console.complain(problem);
  const findings = lintFiles(files, {
    systemNamespace: word('system-namespace') ?? defaultSystemNamespace,
    restoreLabel: word('restore-label') ?? defaultRestoreLabel,
  });
  const format = reportFormats.find((each) => each === word('output')) ?? 'text';
  console.out(renderFindings(findings, format));
  const hasErrors = findings.some(({ severity }) => severity === 'error');
  return hasErrors || problems.length > 0 ? exitCodes.failed : exitCodes.done;
}
