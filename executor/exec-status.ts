import { reasonSentence, type Outcome } from '../shared/outcome.ts';

/** What is read of a Status object; nothing in it is believed to be what it should be. */
interface StatusObject {
  readonly status?: unknown;
  readonly reason?: unknown;
  readonly message?: unknown;
  readonly details?: { readonly causes?: unknown } | null;
}

/** What container runtimes say when a command never began: runc, crun, containerd and CRI-O through the kubelet. */
const neverBegan = /OCI runtime|failed to start exec|unable to start|executable file not found|not found in \$PATH/i;

/**
 * Reads the Status object of the error channel, the only word on how a command ended.
 * Source: https://github.com/kubernetes/api/blob/master/core/v1 and k8s.io/apimachinery/pkg/util/remotecommand.
 *
 * A failure without an exit code is StartFailed if the runtime says so and nothing shows that the command began; all else
 * that is no clear word is ConnectionLost: never success.
 */
export function readExecStatus(text: string, began: boolean): Outcome {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return lost(`the status is not JSON: ${text.slice(0, 200)}`);
  }
  if (typeof parsed !== 'object' || parsed === null) return lost(`the status is no object: ${text.slice(0, 200)}`);
  const status: StatusObject = parsed;
  if (status.status === 'Success') return { ok: true, exitCode: 0 };
  const message = typeof status.message === 'string' ? status.message : 'no message';
  if (status.reason === 'NonZeroExitCode') {
    const exitCode = exitCodeIn(status.details?.causes);
    if (exitCode !== null) {
      return { ok: false, reason: 'NonZeroExit', exitCode, message: `the command ended with exit code ${exitCode}` };
    }
    return lost(`the status says NonZeroExitCode and no code: ${message}`);
  }
  if (!began && neverBegan.test(message)) {
    return {
      ok: false,
      reason: 'StartFailed',
      exitCode: null,
      message: `${reasonSentence('StartFailed')}: ${message}`,
    };
  }
  return lost(message);
}

/** The code among the causes. null: there is none. An exit code of 0 would be no failure, and an empty text is no number. */
function exitCodeIn(causes: unknown): number | null {
  const list: unknown[] = Array.isArray(causes) ? causes : [];
  for (const cause of list) {
    const { reason, message } = (cause ?? {}) as { readonly reason?: unknown; readonly message?: unknown };
    if (reason === 'ExitCode' && typeof message === 'string' && /^-?[1-9]\d{0,9}$/.test(message))
      return Number(message);
  }
  return null;
}

function lost(detail: string): Outcome {
  const message = `${reasonSentence('ConnectionLost')}: ${detail}`;
  return { ok: false, reason: 'ConnectionLost', exitCode: null, message };
}
