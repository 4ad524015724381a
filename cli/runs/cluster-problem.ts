import { ApiError, ApiUnreachable } from '../../shared/service/api-error.ts';

/** Why HookRuns could not be had, in one sentence. `namespace` null: those of all were asked for. */
export function clusterProblem(error: unknown, namespace: string | null): string {
  if (error instanceof ApiUnreachable) return `the cluster could not be reached: ${error.message}`;
  if (!(error instanceof ApiError)) {
    return `the cluster could not be asked: ${error instanceof Error ? error.message : String(error)}`;
  }
  switch (error.status) {
    case 404:
      return 'the cluster knows no HookRuns (restorehooks.io/v1alpha1): restore-hooks is not installed there';
    case 401:
      return `the cluster does not know who asks: ${error.message}`;
    case 403: {
      const hint = namespace === null ? '; -n NAMESPACE asks for those of one namespace' : '';
      return `you may not read HookRuns: ${error.message}${hint}`;
    }
    default:
      return `the cluster refused: ${error.message}`;
  }
}
