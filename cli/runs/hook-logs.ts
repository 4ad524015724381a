import type { HookRun, HookRunExec, HookRunExecStatus } from '../../shared/hook-run.ts';
import type { OutputTail } from '../../shared/outcome.ts';
import { commandLine } from '../plan/printable.ts';
import { bytesText, outputLines } from './output.ts';

/** A line of standard output or standard error. */
export interface LogPart {
  readonly to: 'out' | 'error';
  readonly text: string;
}

export interface HookLogs {
  /** False: there is no such hook. */
  readonly found: boolean;
  readonly parts: readonly LogPart[];
}

const commandRoom = 100;

/**
 * What was kept of a pod's exec hooks, each line harmless to a terminal. Headings and what went to standard error are for standard
 * error, so that standard output holds nothing but what was printed there.
 *
 * @param hook its number, from 1. null: all
 */
export function hookLogs({ metadata, spec, status }: HookRun, hook: number | null): HookLogs {
  const own = status?.run === spec.run ? status.exec : undefined;
  const pod = `${metadata.namespace}/${spec.pod.name}`;
  if (hook !== null && spec.exec[hook - 1] === undefined) {
    return { found: false, parts: [error(`${pod} has ${hooksText(spec.exec.length)}, and no hook ${hook}`)] };
  }
  const asked = spec.exec.flatMap((planned, index) =>
    hook === null || index === hook - 1 ? logsOf(planned, own?.[index], index) : [],
  );
  if (hook !== null) return { found: true, parts: asked };
  const init = spec.init.map(({ name }) =>
    error(`==> init hook ${name}: kubectl logs -n ${metadata.namespace} ${spec.pod.name} -c ${name}`),
  );
  const none = spec.exec.length === 0 ? [error(`${pod} has no exec hooks, whose output would be kept`)] : [];
  return { found: true, parts: [...init, ...asked, ...none] };
}

function logsOf(planned: HookRunExec, result: HookRunExecStatus | undefined, index: number): LogPart[] {
  const name = planned.name === undefined ? '' : ` ${planned.name}`;
  const words = [result?.state ?? 'Waiting', result?.reason, exitText(result)].filter((word) => word != null);
  // `Cancelled, Cancelled` says nothing more.
  const ended = [...new Set(words)].join(', ');
  const command = commandLine(planned.command, commandRoom);
  return [
    error(`==> hook ${index + 1}${name}, container ${planned.container}, ${ended}: ${command}`),
    ...(result?.message == null ? [] : [error(`    ${result.message}`)]),
    ...tail('stderr', 'error', result?.stderr),
    ...tail('stdout', 'out', result?.stdout),
  ];
}

function tail(name: string, to: LogPart['to'], output: OutputTail | null | undefined): LogPart[] {
  if (output == null || (output.text === '' && output.droppedBytes === 0)) return [];
  const dropped = output.droppedBytes === 0 ? '' : `, without the first ${bytesText(output.droppedBytes)}`;
  return [error(`--> ${name}${dropped}`), ...outputLines(output.text).map((text) => ({ to, text }))];
}

function exitText(result: HookRunExecStatus | undefined): string | null {
  return result?.exitCode == null ? null : `exit code ${result.exitCode}`;
}

function hooksText(number: number): string {
  return number === 1 ? '1 exec hook' : `${number} exec hooks`;
}

function error(text: string): LogPart {
  return { to: 'error', text };
}
