import { describe, expect, it } from '@jest/globals';
import { clusterProblem } from '../../../../cli/runs/cluster-problem.ts';
import { ApiError, ApiUnreachable } from '../../../../shared/service/api-error.ts';

const refusal = (status: number) => new ApiError(`GET /x: ${status} no`, status, '', null);

describe('clusterProblem', () => {
  it.each<[unknown, string | null, string]>([
    [
      refusal(404),
      null,
      'the cluster knows no HookRuns (restorehooks.io/v1alpha1): restore-hooks is not installed there',
    ],
    [refusal(401), null, 'the cluster does not know who asks: GET /x: 401 no'],
    [refusal(403), 'a', 'you may not read HookRuns: GET /x: 403 no'],
    [refusal(403), null, 'you may not read HookRuns: GET /x: 403 no; -n NAMESPACE asks for those of one namespace'],
    [refusal(500), null, 'the cluster refused: GET /x: 500 no'],
    [new ApiUnreachable('GET', '/x?y', new Error('gone')), null, 'the cluster could not be reached: GET /x: gone'],
    [new Error('no kubeconfig'), null, 'the cluster could not be asked: no kubeconfig'],
    ['text', null, 'the cluster could not be asked: text'],
  ])('says of %s, asked about %j', (error, namespace, expected) => {
    expect(clusterProblem(error, namespace)).toBe(expected);
  });
});
