import { boundWarnings } from '../shared/bound-warnings.ts';
import { moveRestore, type RestoreMove } from '../shared/move-restore.ts';
import type { Logger } from '../shared/service/logger.ts';
import type { PlanningSettings, Planning } from '../shared/service/planning.ts';
import type { HttpsApp } from './https-server.ts';
import type { WebhookMetrics } from './metrics.ts';
import { encodePatch, reviewOf } from './response.ts';
import { readRestoreReview, type RestoreRequest } from './restore-review.ts';

export interface MutateRestoreOptions {
  readonly planning: Planning;
  readonly settings: Pick<PlanningSettings, 'restoreNamespaces' | 'takeoverNamespaces'>;
  readonly metrics: WebhookMetrics;
  readonly logger: Logger;
}

const untouched: RestoreMove = { outcome: 'nothing', patch: [], warnings: [] };

/** Gives the server `POST /mutate-restore`, for Restores: in a takeover their hooks are moved out of Velero's sight. */
export function routeMutateRestore(app: HttpsApp, options: MutateRestoreOptions): void {
  const { metrics, logger } = options;
  app.post('/mutate-restore', (httpRequest, reply) => {
    const reading = readRestoreReview(httpRequest.body);
    if (!reading.ok) {
      logger.info({ problem: reading.problem, peer: httpRequest.ip }, 'request refused');
      return reply.code(400).send({ error: reading.problem });
    }
    const { request } = reading;
    const move = isTakenOver(request, options) ? moveRestore(request.restore, request.before) : untouched;
    metrics.restores.inc({ outcome: move.outcome });
    if (move.outcome !== 'nothing') {
      const { namespace, name } = request.restore.metadata;
      logger.info(
        { namespace, restore: name, outcome: move.outcome, dryRun: request.dryRun },
        'Restore with hooks admitted',
      );
    }
    const warnings = move.warnings.length === 0 ? {} : { warnings: boundWarnings(move.warnings) };
    return reply.send(reviewOf({ uid: request.uid, allowed: true, ...warnings, ...encodePatch(move.patch) }));
  });
}

/** A takeover of some namespaces leaves the Restores, which concern the others too. */
function isTakenOver({ operation, subResource, restore }: RestoreRequest, options: MutateRestoreOptions): boolean {
  const { planning, settings } = options;
  return (
    planning.mode() === 'takeover' &&
    settings.takeoverNamespaces === null &&
    settings.restoreNamespaces.includes(restore.metadata.namespace ?? '') &&
    ['CREATE', 'UPDATE'].includes(operation) &&
    subResource === ''
  );
}
