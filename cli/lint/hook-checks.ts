import type { Pod } from '../../shared/pod.ts';
import { shorten } from '../../shared/quote.ts';
import type { HookWarning } from '../../shared/warning.ts';
import { duration } from '../plan/printable.ts';
import type { Remark } from './remark.ts';
import { isShellLine, shellLineSays } from './shell-line.ts';
import { startupAllowsMs } from './startup.ts';
import type { WrittenExec, WrittenInit } from './written-hooks.ts';

const longestName = 63;

/**
 * What can be said of exec hooks beyond the webhook's warnings, whatever the pod is.
 *
 * @param warned of the same hooks: a waitTimeout that is malformed is not absent, too
 */
export function checkExecs(hooks: readonly WrittenExec[], warned: readonly HookWarning[]): Remark[] {
  const malformed = new Set(warned.map(({ place }) => place));
  return [
    ...hooks.flatMap((written) => shellLines(written, 'exec')),
    ...hooks.filter(({ placeOf }) => !malformed.has(placeOf('waitTimeout'))).flatMap(failWithoutWait),
    ...duplicates(hooks),
  ];
}

export function checkInits(hooks: readonly WrittenInit[]): Remark[] {
  return hooks.flatMap((written) => shellLines(written, 'init'));
}

/** What can be said only of a hook in this pod. */
export function checkStartup(pod: Pod, { hook, placeOf }: WrittenExec): Remark[] {
  const { container, waitTimeoutMs, waitForReady } = hook;
  const allowsMs = startupAllowsMs(pod, container);
  if (waitTimeoutMs === null || allowsMs === null || waitTimeoutMs >= allowsMs) return [];
  const place = placeOf('waitTimeout');
  const allows = duration(allowsMs);
  const compared =
    `${place} ${duration(waitTimeoutMs)} is shorter than the ${allows} ` +
    `that the startup probe of ${shorten(container, longestName)} allows`;
  const advice = waitForReady
    ? `the hook may fail before the container is Ready; raise it to ${allows} or more`
    : `the hook waits for Running alone, and may come too early; have it wait for Ready, for ${allows} or more`;
  return [{ code: 'WaitTimeoutShorterThanStartup', place, text: `${compared}: ${advice}` }];
}

function shellLines(
  { placeOf, commandText }: Pick<WrittenInit, 'commandText'> & { readonly placeOf: (field: 'command') => string },
  of: 'init' | 'exec',
): Remark[] {
  if (commandText === null || !isShellLine(commandText, of)) return [];
  const place = placeOf('command');
  return [{ code: 'ShellOneLiner', place, text: `${place} ${shellLineSays(commandText)}` }];
}

function failWithoutWait({ hook, placeOf }: WrittenExec): Remark[] {
  if (hook.onError !== 'Fail' || hook.waitTimeoutMs !== null) return [];
  const [place, missing] = [placeOf('onError'), placeOf('waitTimeout')];
  const field = missing.slice(Math.max(missing.lastIndexOf('.'), missing.lastIndexOf('/')) + 1);
  const why = 'while the container is not up, this hook and all behind it wait as long as the pod lives';
  return [
    { code: 'FailWithoutWaitTimeout', place, text: `${place} is Fail, and there is no ${field}: ${why}; set ${field}` },
  ];
}

function duplicates(hooks: readonly WrittenExec[]): Remark[] {
  const places = new Map<string, string>();
  return hooks.flatMap(({ hook, place }) => {
    const content = JSON.stringify([hook.container, hook.command]);
    const first = places.get(content);
    if (first === undefined) {
      places.set(content, place);
      return [];
    }
    const text = `${place} runs the same command in the same container as ${first}: it will run twice`;
    return [{ code: 'DuplicateHook', place, text } as const];
  });
}
