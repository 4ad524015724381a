import { Registry } from 'prom-client';
import { executorMetrics } from '../../../executor/metrics.ts';
import { Narrator } from '../../../executor/narrator.ts';
import { podRun } from '../../../executor/pod-run.ts';
import { recordEnd } from '../../../executor/record-end.ts';
import { Tail } from '../../../executor/tail.ts';
import { fitsHookRun, newHookRun, thawExec } from '../../../shared/freeze-plan.ts';
import { nextStep } from '../../../shared/next-step.ts';
import { planPod } from '../../../shared/plan.ts';
import { readRestore } from '../../../shared/restore.ts';
import { runStatus } from '../../../shared/run-status.ts';
import { createLogger } from '../../../shared/service/logger.ts';
import { createRedaction } from '../../../shared/service/redaction.ts';
import { hooksOf, manyHooks, podOf } from './inputs.ts';
import type { Case } from './measure.ts';
import { contextOf, restoreOf } from './webhook.ts';

const mib = 1024 * 1024;
const ref = { namespace: 'shop', name: 'db', uid: 'u' };
const kept = 65_536;

/** What an executor does with a plan as large as it may be, and with what commands print. */
export function executorCases(): Case[] {
  return [planCase(), stepCase(), ...outputCases(), noteCase(), redactionCase()];
}

function largestPlan() {
  const pod = podOf({});
  const restore = readRestore(restoreOf(hooksOf([{ postHooks: manyHooks(500) }])));
  const plan = planPod(pod, 'r1', contextOf(restore, [], 'run'));
  return newHookRun(ref, pod, plan, { label: 'r1' });
}

function planCase(): Case {
  const run = () => (fitsHookRun(largestPlan().spec) ? 1 : 0);
  return { what: 'a plan of 500 hooks is made, and measured', where: 'executor', inBytes: 0, run };
}

/** Of 500 hooks each with as much output as a HookRun has room for: the next step, an end, and the status to be written. */
function stepCase(): Case {
  const object = { ...largestPlan() };
  const run = podRun(ref, object, podOf({}), 0);
  const hooks = thawExec(object.spec);
  const output = { text: '"'.repeat(200), droppedBytes: 1 };
  const filled = run.record.hooks.map((hook) => ({ ...hook, stdout: output, stderr: output }));
  const record = { ...run.record, hooks: filled };
  const step = () => {
    const circumstances = { clockStartMs: null, cancelled: null };
    nextStep(hooks, podOf({}), record, 1, circumstances);
    const [hook] = hooks;
    if (hook === undefined) return 0;
    const end = {
      did: 'run',
      groupUnknown: false,
      result: {
        outcome: { ok: true, exitCode: 0 },
        stdout: { text: '\u0001'.repeat(kept), droppedBytes: 0 },
        stderr: { text: '\u0001'.repeat(kept), droppedBytes: 0 },
        group: null,
        sent: true,
        retryAfterMs: null,
        mayStillRun: false,
      },
    } as const;
    const after = recordEnd(record, 0, hook, end, 2);
    return JSON.stringify(runStatus(object.spec, undefined, { ...run, record: after })).length;
  };
  return { what: 'one of 500 hooks ends with 128 KiB of output', where: 'executor', inBytes: 2 * kept, run: step };
}

function outputCases(): Case[] {
  const chunks: [string, number, number][] = [
    ['4 MiB of output in one message', 4 * mib, 1],
    ['1 MiB of output in messages of 64 bytes', 64, mib / 64],
  ];
  return chunks.map(([what, bytes, count]) => ({
    what,
    where: 'executor',
    inBytes: bytes * count,
    run: () => {
      const tail = new Tail(kept);
      const chunk = Buffer.alloc(bytes, 'x');
      for (let sent = 0; sent < count; sent += 1) tail.append(chunk);
      return tail.read().text.length;
    },
  }));
}

/** Blanks without a line's end, by which an expression for lines can be led on. */
function noteCase(): Case {
  let told = 0;
  const log = createLogger({ name: 'bench', level: 'info' }, { write: (line: string) => void (told += line.length) });
  const events = { record: () => undefined, flush: () => Promise.resolve() };
  const narrator = new Narrator(log, events, executorMetrics(new Registry()), true);
  const object = largestPlan();
  const { record } = podRun(ref, object, podOf({}), 0);
  const stdout = { text: `x${' '.repeat(kept - 2)}x`, droppedBytes: 0 };
  const ended = {
    ...(record.hooks[0] ?? record.hooks[1]),
    state: 'Succeeded',
    stdout,
  } as (typeof record.hooks)[number];
  return {
    what: 'an Event of 64 KiB of blanks',
    where: 'executor',
    inBytes: kept,
    run: () => {
      narrator.ended(ref, thawExec(object.spec), 0, ended);
      return told;
    },
  };
}

function redactionCase(): Case {
  const redact = createRedaction([/(a+)+$/g]);
  const text = `${'a'.repeat(kept)}!`;
  const run = () => redact(text).length;
  return { what: 'a pattern that goes back for ever over 64 KiB', where: 'executor', inBytes: kept, run };
}
