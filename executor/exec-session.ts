import type { IncomingMessage } from 'node:http';
import { WebSocket, type RawData } from 'ws';
import { readStatus, retryAfterOf } from '../shared/service/api-error.ts';
import type { Cluster } from '../shared/service/cluster.ts';

/** A command in a container. Exec names a pod by its name, so who must know the pod compares its UID around it. */
export interface ExecTarget {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface ExecTiming {
  /** For the TCP and TLS handshakes and the upgrade, through the API server and the kubelet to the container runtime. */
  readonly handshakeTimeoutMs: number;
  /** Between pings. They keep connections open across idle timeouts of load balancers, often 60 s. */
  readonly pingIntervalMs: number;
  /** Without a pong, or anything else, for this long the peer is dead. */
  readonly pongTimeoutMs: number;
}

export const defaultExecTiming: ExecTiming = {
  handshakeTimeoutMs: 30_000,
  pingIntervalMs: 15_000,
  pongTimeoutMs: 45_000,
};

export interface ExecListener {
  /** The upgrade has been answered: from now on the command may be running. */
  readonly opened: () => void;
  readonly stdout: (chunk: Buffer) => void;
  readonly stderr: (chunk: Buffer) => void;
}

/** How a session ended. */
export type ExecEnd =
  /** The text of the status channel, which alone tells how the command ended. */
  | { readonly how: 'status'; readonly text: string }
  /** The upgrade was answered with another HTTP status: the command was not begun. */
  | { readonly how: 'refused'; readonly httpStatus: number; readonly message: string }
  /** The upgrade was answered with 429, which a server does before anything else: the command was not begun, and may be sent again. */
  | { readonly how: 'busy'; readonly retryAfterMs: number | null; readonly message: string }
  /** The request was not sent at all: the command was not begun. */
  | { readonly how: 'unreachable'; readonly message: string }
  /**
   * The connection was cut, by the peer or by the signal, once the request was sent: nothing is known of the command. An
   * answer to the upgrade that never came may have been sent all the same, with the command begun.
   */
  | { readonly how: 'lost'; readonly message: string };

/**
 * Both protocols carry the same channels. v4 is asked for first: from it the API server (since 1.30) and the kubelet (since
 * 1.36) pass the connection on to the container runtime, whose own status arrives or does not. v5 they translate, and the
 * translator takes a broken stream to the runtime for success (kubernetes/kubectl#1726; docs/adr).
 */
const protocols: readonly string[] = ['v4.channel.k8s.io', 'v5.channel.k8s.io'];

/** The status channel's object is some hundred bytes; a server that sends more than this is not believed. */
const statusLimitBytes = 64 * 1024;

const noMessage = 'no message';

/** From the API server's limits, or from the container runtime's on streams that are being opened. */
const tooManyRequests = 429;
const cutByExecutor = 'the executor cut the connection';

/** The API server sends frames of 32 KiB; a larger message than this is a fault, and is not buffered. */
const messageLimitBytes = 4 * 1024 * 1024;

/**
 * Runs a command by pods/exec over WebSocket, without TTY and stdin, and resolves when the session has ended. Never
 * rejects for what the server or the network does. An abort cuts the connection; the command may live on.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#get-connect-get-requests-to-exec-of-pod
 */
export async function execute(
  cluster: Cluster,
  target: ExecTarget,
  command: readonly string[],
  listener: ExecListener,
  timing: ExecTiming,
  signal: AbortSignal,
): Promise<ExecEnd> {
  let end: ExecEnd = { how: 'unreachable', message: 'no protocol was tried' };
  for (const protocol of protocols) {
    end = await attempt(cluster, target, command, protocol, listener, timing, signal);
    if (end.how !== 'refused' || !mayMeanProtocol(end)) return end;
  }
  return end;
}

/** The API server refuses a protocol that it does not speak with a bare 403; its other refusals are Status objects. */
function mayMeanProtocol({ httpStatus, message }: Extract<ExecEnd, { how: 'refused' }>): boolean {
  return (httpStatus === 400 || httpStatus === 403) && message === noMessage;
}

async function attempt(
  cluster: Cluster,
  target: ExecTarget,
  command: readonly string[],
  protocol: string,
  listener: ExecListener,
  timing: ExecTiming,
  signal: AbortSignal,
): Promise<ExecEnd> {
  let sent = false;
  let socket: WebSocket;
  try {
    const { url, agent, headers } = await cluster.connection(execPath(target, command));
    if (signal.aborted) return { how: 'unreachable', message: cutByExecutor };
    socket = new WebSocket(url, [protocol], {
      agent,
      headers,
      maxPayload: messageLimitBytes,
      perMessageDeflate: false,
      finishRequest: (request) => {
        request.on('finish', () => (sent = true));
        request.end();
      },
    });
  } catch (error) {
    return { how: 'unreachable', message: messageOf(error) };
  }
  return new Promise((resolve) => {
    let opened = false;
    let refusal: IncomingMessage | null = null;
    let status: Buffer | null = Buffer.alloc(0);
    let problem = '';
    // Pings and not time are counted: after a stall of this process the peer has had no chance to be heard.
    let unanswered = 0;
    const heard = () => (unanswered = 0);
    const cut = (why: string) => {
      problem ||= why;
      socket.terminate();
    };
    const onAbort = () => cut(cutByExecutor);
    const handshake = setTimeout(
      () => cut(`the upgrade was not answered within ${timing.handshakeTimeoutMs} ms`),
      timing.handshakeTimeoutMs,
    );
    const pings = setInterval(() => {
      if (!opened) return;
      if (unanswered * timing.pingIntervalMs >= timing.pongTimeoutMs) {
        cut(`the peer was silent for ${timing.pongTimeoutMs} ms`);
        return;
      }
      unanswered += 1;
      socket.ping();
    }, timing.pingIntervalMs);
    const finish = (end: ExecEnd) => {
      clearTimeout(handshake);
      clearInterval(pings);
      signal.removeEventListener('abort', onAbort);
      resolve(end);
    };

    socket.on('open', () => {
      clearTimeout(handshake);
      opened = true;
      listener.opened();
    });
    socket.on('pong', heard);
    socket.on('message', (data: RawData) => {
      heard();
      const message = bytesOf(data);
      const payload = message.subarray(1);
      if (message[0] === 1) listener.stdout(payload);
      else if (message[0] === 2) listener.stderr(payload);
      else if (message[0] === 3 && status !== null) {
        status = Buffer.concat([status, payload]);
        if (status.length <= statusLimitBytes) return;
        status = null;
        cut(`the status exceeds ${statusLimitBytes} bytes`);
      }
    });
    socket.on('unexpected-response', (request, answer) => {
      refusal = answer;
      void readRefusal(answer).then((message) => {
        request.destroy();
        finish(refused(answer, message));
      });
    });
    socket.on('error', (error) => {
      problem ||= error.message;
    });
    socket.on('close', (code, reason) => {
      const message = problem === '' ? `closed with code ${code} ${reason.toString()}`.trim() : problem;
      if (refusal !== null) finish(refused(refusal, message));
      else if (status !== null && status.length > 0) finish({ how: 'status', text: status.toString('utf8') });
      else finish({ how: sent ? 'lost' : 'unreachable', message });
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

function execPath({ namespace, pod, container }: ExecTarget, command: readonly string[]): string {
  const query = new URLSearchParams({ container, stdout: 'true', stderr: 'true' });
  for (const word of command) query.append('command', word);
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/exec?${query.toString()}`;
}

function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}

/** Bad Gateway, Gateway Timeout. */
const gateways: readonly number[] = [502, 504];

function refused(answer: IncomingMessage, message: string): ExecEnd {
  const { statusCode: httpStatus = 0 } = answer;
  // Of whoever stands between: what it has passed on before it gave up is not known.
  if (gateways.includes(httpStatus)) return { how: 'lost', message: `HTTP ${httpStatus}: ${message}` };
  if (httpStatus === tooManyRequests) return { how: 'busy', retryAfterMs: retryAfterOf(answer), message };
  return { how: 'refused', httpStatus, message };
}

/** The sentence of a refused upgrade: a Status object's message, or the beginning of whatever was answered. */
async function readRefusal(answer: IncomingMessage): Promise<string> {
  let text = '';
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      text += chunk.toString('utf8');
      if (text.length > statusLimitBytes) break;
    }
  } catch (error) {
    return messageOf(error);
  }
  const { message = '' } = readStatus(text);
  return message === '' ? noMessage : message;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
