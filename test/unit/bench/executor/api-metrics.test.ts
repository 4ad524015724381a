import { describe, expect, it } from '@jest/globals';
import { apiUseOf, eventsOf, requestsBetween, sumOf, writesOf } from '../../../bench/executor/api-metrics.ts';

function metrics(counts: Readonly<Record<string, number>>, podWatches = 0): string {
  const request = (labels: string, value: number) => `apiserver_request_total{${labels}} ${value}`;
  return [
    '# TYPE apiserver_request_total counter',
    ...Object.entries(counts).map(([labels, value]) => request(labels, value)),
    `apiserver_longrunning_requests{group="",resource="pods",scope="cluster",subresource="",verb="WATCH"} ${podWatches}`,
    'apiserver_longrunning_requests{group="",resource="nodes",scope="cluster",subresource="",verb="WATCH"} 7',
    'apiserver_request_total_of_another{verb="POST",resource="pods"} 1000',
  ].join('\n');
}

const labels = (verb: string, resource: string, subresource = '', code = '200') =>
  `code="${code}",group="",resource="${resource}",subresource="${subresource}",verb="${verb}"`;

describe('the API server’s metrics', () => {
  const before = apiUseOf(metrics({ [labels('PATCH', 'pods', 'status')]: 10, [labels('GET', 'pods')]: 5 }, 2));
  const after = apiUseOf(
    metrics(
      {
        [labels('PATCH', 'pods', 'status')]: 14,
        [labels('PATCH', 'pods', 'status', '409')]: 3,
        [labels('GET', 'pods')]: 5,
        [labels('POST', 'events', '', '201')]: 8,
        [labels('POST', 'hookruns', '', '201')]: 2,
        [labels('CONNECT', 'pods', 'exec', '0')]: 2,
        [labels('PUT', 'leases')]: 1,
        [labels('PUT', 'flowschemas')]: 9,
      },
      3,
    ),
  );

  it('tell what was asked for between two readings, what was refused apart, and nothing that only others ask for', () => {
    expect(Object.fromEntries(requestsBetween(before, after))).toEqual({
      'PATCH pods/status': 4,
      'PATCH pods/status refused': 3,
      'POST events': 8,
      'POST hookruns': 2,
      'CONNECT pods/exec': 2,
      'PUT leases': 1,
    });
  });

  it('tell Events from other writes, and count no Lease, no refused write, and no exec', () => {
    const requests = requestsBetween(before, after);
    expect([writesOf(requests), eventsOf(requests), sumOf(requests)]).toEqual([6, 8, 20]);
  });

  it('tell the watches on pods', () => {
    expect([before.podWatches, after.podWatches]).toEqual([2, 3]);
  });
});
