import type { CustomResourceNote } from '../shared/service/custom-resource.ts';
import type { Logger } from '../shared/service/logger.ts';
import type { WatchNote } from '../shared/service/watch.ts';
import type { ExecutorMetrics } from './metrics.ts';

/** Logs and counts what happens to the watch on pods. */
export function tellWatch(
  note: WatchNote,
  { log, metrics }: { readonly log: Logger; readonly metrics: ExecutorMetrics },
): void {
  switch (note.kind) {
    case 'listed':
      log.info({ pods: note.objects }, 'restored pods listed');
      break;
    case 'watching':
      log.debug('watch started');
      break;
    case 'ended':
      metrics.watchStarts.inc({ after: note.why });
      log.debug({ why: note.why }, 'watch ended');
      break;
    case 'broken':
      metrics.watchStarts.inc({ after: 'broken' });
      log.warn({ err: note.error, retryInMs: note.retryInMs }, 'watch broken');
      break;
  }
}

/** Logs what happens to the watch on HookRuns. Without their CRD nothing can be run, and somebody must know. */
export function tellRuns(note: CustomResourceNote, log: Logger): void {
  switch (note.kind) {
    case 'served':
      log.info('the API server serves HookRuns');
      break;
    case 'not served':
      log.error(
        'the API server does not serve HookRuns, so no hook is run: install the CRDs (charts/restore-hooks/files/crds)',
      );
      break;
    case 'discovery failed':
    case 'lookup failed':
      log.warn({ err: note.error }, 'HookRuns not found out about, trying again');
      break;
    case 'watch':
      if (note.note.kind === 'listed') log.info({ hookRuns: note.note.objects }, 'HookRuns listed');
      if (note.note.kind === 'broken') {
        log.warn({ err: note.note.error, retryInMs: note.note.retryInMs }, 'watch on HookRuns broken');
      }
  }
}
