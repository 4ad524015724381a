import { createContext, Script } from 'node:vm';
import { redactAll, type Redact } from '../redact.ts';

/**
 * For all patterns and one text of a few KiB, which take well below a millisecond; an expression that goes back again and again
 * over what a hook has printed would take years, and nothing else would run meanwhile.
 */
const timeoutMs = 50;

/** What stands for a text that the patterns took too long for: nobody knows what is in it. */
export const withheld = '[redacted: the patterns took too long]';

/** Makes what applies the patterns to a text, in bounded time. Of a text that takes longer nothing is told. */
export function createRedaction(patterns: readonly RegExp[], limitMs = timeoutMs): Redact {
  if (patterns.length === 0) return (text) => text;
  // Only a script can be ended from outside while an expression runs.
  const box: { run: () => void } = { run: () => undefined };
  const context = createContext(box);
  const script = new Script('run()');
  return (text) => {
    if (text === '') return text;
    let told = withheld;
    box.run = () => {
      told = redactAll(patterns, text);
    };
    try {
      script.runInContext(context, { timeout: limitMs });
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    }
    return told;
  };
}
