import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../shared/service/logger.ts';
import { ApiError, waitAfterMs } from '../shared/service/api-error.ts';
import { backoffMs } from '../shared/service/backoff.ts';
import type { Cluster } from '../shared/service/cluster.ts';
import type { PodRef } from './pod-api.ts';

export type EventReason =
  | 'HookStarted'
  | 'HookSucceeded'
  | 'HookFailed'
  | 'HookTimedOut'
  | 'HookCancelled'
  | 'HookInterrupted'
  | 'HookRetried'
  | 'HooksMissed'
  | 'HooksInterrupted'
  | 'HooksTooLarge'
  | 'HooksRerun'
  | 'HookWarning';

export interface PodEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: EventReason;
  readonly note: string;
}

export interface EventRecorder {
  /** Queues an Event on a pod. Never throws and never waits; what cannot be written is logged and counted. */
  record(pod: PodRef, event: PodEvent): void;
  /** Resolves when all that was queued is written or given up. */
  flush(): Promise<void>;
}

/** The API server refuses notes of more than this. Source: events.k8s.io/v1. */
const noteLimitBytes = 1024;
/** Bounds the memory of an executor that cannot write; beyond it Events are dropped, and counted. */
const queueLimit = 10_000;
/** Written at once, so that a burst of Events does not starve the requests that hooks wait for. */
const writers = 4;
const attempts = 5;
const retry = { firstMs: 250, maxMs: 10_000 };

/** A note within the limit: cut at a character, with an ellipsis. */
export function fitNote(note: string): string {
  if (Buffer.byteLength(note) <= noteLimitBytes) return note;
  const cut = Buffer.from(note)
    .subarray(0, noteLimitBytes - 3)
    .toString('utf8');
  return `${cut.replace(/\uFFFD+$/, '')}…`;
}

/**
 * Writes Events (events.k8s.io/v1) on pods. The name of an Event is derived from what it says of which pod, so that the
 * same one, told again after a restart, is one Event.
 *
 * @param dropped called for each Event that could not be written
 */
export function createEventRecorder(
  cluster: Cluster,
  options: { readonly instance: string; readonly log: Logger; readonly dropped: () => void },
): EventRecorder {
  const queue: { readonly pod: PodRef; readonly event: PodEvent; readonly atMs: number }[] = [];
  const active = new Set<Promise<void>>();

  return {
    record(pod, event) {
      if (queue.length >= queueLimit) {
        options.dropped();
        return;
      }
      queue.push({ pod, event, atMs: Date.now() });
      startWriter();
    },
    async flush() {
      while (active.size > 0) await Promise.all(active);
    },
  };

  function startWriter(): void {
    if (active.size >= writers) return;
    const writer = writeAll().finally(() => {
      active.delete(writer);
      // What was queued after this writer had looked, while it still counted as one.
      if (queue.length > 0) startWriter();
    });
    active.add(writer);
  }

  async function writeAll(): Promise<void> {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      await write(next.pod, next.event, next.atMs);
    }
  }

  async function write(pod: PodRef, event: PodEvent, atMs: number): Promise<void> {
    const body = eventObject(pod, event, atMs, options.instance);
    const path = `/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(pod.namespace)}/events`;
    for (let failures = 1; ; failures += 1) {
      try {
        await cluster.call({ method: 'POST', path, body });
        return;
      } catch (error) {
        // Told already; or the namespace is going, and its Events with it.
        if (error instanceof ApiError && (error.status === 409 || error.status === 404)) return;
        const final = error instanceof ApiError && error.status < 500 && error.status !== 429;
        if (final || failures === attempts) {
          options.log.warn(
            { err: error, namespace: pod.namespace, pod: pod.name, reason: event.reason },
            'event dropped',
          );
          options.dropped();
          return;
        }
        await delay(waitAfterMs(error, backoffMs(retry, failures, Math.random())));
      }
    }
  }
}

function eventObject(pod: PodRef, event: PodEvent, atMs: number, instance: string): unknown {
  const note = fitNote(event.note);
  const identity = createHash('sha256')
    .update(JSON.stringify([pod.uid, event.reason, note]))
    .digest('hex')
    .slice(0, 16);
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    // A name of 253 characters at most, as the pod's own may be; no part of it may end with a dash or be empty.
    metadata: { namespace: pod.namespace, name: `${pod.name.slice(0, 236).replace(/[-.]+$/, '')}.${identity}` },
    eventTime: new Date(atMs).toISOString().replace('Z', '000Z'),
    reportingController: 'restorehooks.io/executor',
    reportingInstance: instance.slice(0, 128),
    action: 'RunRestoreHook',
    reason: event.reason,
    type: event.type,
    note,
    regarding: { apiVersion: 'v1', kind: 'Pod', namespace: pod.namespace, name: pod.name, uid: pod.uid },
  };
}
