import { expect, it } from '@jest/globals';
import { renderStatuses } from '../../cluster/status.ts';

it('renders the clusters as a table', () => {
  const server = 'https://198.18.0.2:6443';
  expect(
    renderStatuses([
      { name: 'dev', state: 'running', ageMs: 90_000, server, owner: null },
      { name: 'test-4711', state: 'without kubelet', ageMs: 1_000, server, owner: 4711 },
    ]),
  ).toBe(
    [
      'NAME       STATE            AGE         OWNER  API SERVER',
      'dev        running          1 min 30 s  -      https://198.18.0.2:6443',
      'test-4711  without kubelet  1 s         4711   https://198.18.0.2:6443',
    ].join('\n'),
  );
});

it('says how to get one where there is no cluster', () => {
  expect(renderStatuses([])).toBe('No cluster runs. "npm run cluster -- up" starts one.');
});
