import { reasonSentence, type Outcome, type OutputTail } from '../shared/outcome.ts';
import type { Redact } from '../shared/redact.ts';
import type { Cluster } from '../shared/service/cluster.ts';
import { execute, type ExecEnd, type ExecTarget, type ExecTiming } from './exec-session.ts';
import { readExecStatus } from './exec-status.ts';
import { GroupReport, shellOf, withGroupReport } from './process-group.ts';
import { Tail } from './tail.ts';

/** A Node timer holds at most this many milliseconds (25 days); a longer one would fire at once. */
const longestTimerMs = 2 ** 31 - 1;

export interface CommandLimits {
  readonly exec: ExecTiming;
  /** Between the answer to the upgrade and a shell's first word: the runtime starts a process, on a node that may be busy. */
  readonly startTimeoutMs: number;
  /** Kept of each of stdout and stderr. */
  readonly outputLimitBytes: number;
  /** Takes out of output and messages what is not to be told. Absent: nothing. */
  readonly redact?: Redact;
}

export interface CommandResult {
  readonly outcome: Outcome;
  readonly stdout: OutputTail;
  readonly stderr: OutputTail;
  /** The process group of a shell command that reported it. null: not known. */
  readonly group: number | null;
  /** False if no connection was made, or the server was too busy, so that the command certainly did not begin and may be tried again. */
  readonly sent: boolean;
  /** How long a server that was too busy asks to be left alone. null: it was not, or named no time. */
  readonly retryAfterMs: number | null;
  /** False if the command is known to have ended, or never to have begun. */
  readonly mayStillRun: boolean;
}

/**
 * Runs one command in a container and waits for its end, but no longer than `execTimeoutMs` from its beginning: a shell
 * command begins with its report, another one when the upgrade is answered. Never rejects.
 *
 * @param token see `withGroupReport`
 * @param signal cuts the connection; the outcome is then Interrupted
 * @param reported called with the process group of a shell command, once it has reported it
 */
export async function runCommand(
  cluster: Cluster,
  target: ExecTarget,
  command: readonly string[],
  execTimeoutMs: number,
  limits: CommandLimits,
  token: string,
  signal: AbortSignal,
  reported: (group: number) => void = () => undefined,
): Promise<CommandResult> {
  const shell = shellOf(command);
  const report = shell === null ? null : new GroupReport(token);
  const stdout = new Tail(limits.outputLimitBytes, limits.redact ?? null);
  const stderr = new Tail(limits.outputLimitBytes, limits.redact ?? null);
  const cut = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let began = false;
  let isReported = false;
  const startClock = (durationMs: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => cut.abort(), Math.min(durationMs, longestTimerMs));
  };
  const end = await execute(
    cluster,
    target,
    shell === null ? command : withGroupReport(shell, command, token),
    {
      opened: () => startClock(shell === null ? execTimeoutMs : limits.startTimeoutMs + execTimeoutMs),
      stdout: (chunk) => {
        began ||= chunk.length > 0;
        stdout.append(chunk);
      },
      stderr: (chunk) => {
        began ||= chunk.length > 0;
        stderr.append(report === null ? chunk : report.take(chunk));
        if (!isReported && report?.group != null) {
          isReported = true;
          startClock(execTimeoutMs);
          reported(report.group);
        }
      },
    },
    limits.exec,
    AbortSignal.any([cut.signal, signal]),
  );
  clearTimeout(timer);
  if (report !== null) stderr.append(report.rest());
  const judged = judge(end, { began, timedOut: cut.signal.aborted, interrupted: signal.aborted, execTimeoutMs });
  // A runtime that cannot start a command may say which.
  const outcome = judged.ok ? judged : { ...judged, message: limits.redact?.(judged.message) ?? judged.message };
  return {
    outcome,
    stdout: stdout.read(),
    stderr: stderr.read(),
    group: report?.group ?? null,
    sent: end.how !== 'unreachable' && end.how !== 'busy',
    retryAfterMs: end.how === 'busy' ? end.retryAfterMs : null,
    mayStillRun: mayStillRun(end, outcome),
  };
}

interface Circumstances {
  readonly began: boolean;
  readonly timedOut: boolean;
  readonly interrupted: boolean;
  readonly execTimeoutMs: number;
}

function judge(end: ExecEnd, { began, timedOut, interrupted, execTimeoutMs }: Circumstances): Outcome {
  switch (end.how) {
    case 'status':
      return readExecStatus(end.text, began);
    case 'refused':
      return failure('ConnectFailed', `${reasonSentence('ConnectFailed')}: HTTP ${end.httpStatus}: ${end.message}`);
    case 'busy':
      return failure('ConnectFailed', `the API server was too busy, so the command was not started: ${end.message}`);
    case 'unreachable':
      if (interrupted) return failure('Interrupted', 'the executor stopped before the command was sent; not run');
      return failure(
        'ConnectFailed',
        `the API server could not be reached, so the command was not started: ${end.message}`,
      );
    case 'lost':
      if (timedOut) return failure('ExecTimeout', `the command did not end within ${execTimeoutMs} ms`);
      if (interrupted) return failure('Interrupted', reasonSentence('Interrupted'));
      return failure('ConnectionLost', `${reasonSentence('ConnectionLost')}: ${end.message}`);
  }
}

function failure(reason: 'ConnectFailed' | 'ConnectionLost' | 'ExecTimeout' | 'Interrupted', message: string): Outcome {
  return { ok: false, reason, exitCode: null, message };
}

function mayStillRun({ how }: ExecEnd, outcome: Outcome): boolean {
  return how === 'lost' || (how === 'status' && !outcome.ok && outcome.reason === 'ConnectionLost');
}
