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
