import { reasonSentence, type Outcome } from '../shared/outcome.ts';

interface StatusObject {
  readonly status?: unknown;
  readonly reason?: unknown;
  readonly message?: unknown;
  readonly details?: { readonly causes?: readonly { readonly reason?: unknown; readonly message?: unknown }[] };
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
  let status: StatusObject;
  try {
    status = JSON.parse(text) as StatusObject;
  } catch {
    return lost(`the status is not JSON: ${text.slice(0, 200)}`);
  }
  if (status.status === 'Success') return { ok: true, exitCode: 0 };
  const message = typeof status.message === 'string' ? status.message : 'no message';
  if (status.reason === 'NonZeroExitCode') {
    const cause = status.details?.causes?.find(({ reason }) => reason === 'ExitCode');
    const exitCode = Number(cause?.message);
    if (typeof cause?.message === 'string' && Number.isInteger(exitCode)) {
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

function lost(detail: string): Outcome {
  const message = `${reasonSentence('ConnectionLost')}: ${detail}`;
  return { ok: false, reason: 'ConnectionLost', exitCode: null, message };
}
