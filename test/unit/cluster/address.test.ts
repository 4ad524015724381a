import { describe, expect, it } from '@jest/globals';
import { addressesOf, instanceLimit, overlap } from '../../cluster/address.ts';

describe('addressesOf', () => {
  it('gives the first instance the first block', () => {
    expect(addressesOf(0)).toEqual({
      device: 'rh0',
      host: '198.18.0.1',
      node: '198.18.0.2',
      block: '198.18.0.0/20',
      pods: '198.18.4.0/23',
      services: '198.18.8.0/21',
      kubernetes: '198.18.8.1',
    });
  });

  it('ends with the range for tests of network devices', () => {
    expect(addressesOf(instanceLimit - 1).block).toBe('198.19.240.0/20');
  });

  it('gives no two instances, and no two parts of one, the same address', () => {
    const ranges = Array.from({ length: instanceLimit }, (_, number) => addressesOf(number));
    for (const [index, { block, host, pods, services }] of ranges.entries()) {
      for (const part of [host, pods, services]) expect(overlap(part, block)).toBe(true);
      expect(overlap(pods, services)).toBe(false);
      expect(overlap(`${host}/30`, pods)).toBe(false);
      for (const other of ranges.slice(index + 1)) expect(overlap(block, other.block)).toBe(false);
    }
  });
});

describe('overlap', () => {
  it.each([
    ['10.0.0.0/8', '10.1.2.3', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['0.0.0.0/0', '198.18.0.0/15', true],
    ['198.18.16.0/20', '198.18.15.255', false],
    ['198.18.16.7/20', '198.18.16.0', true],
    ['255.255.255.255', '255.255.255.255/32', true],
  ])('of %s and %s is %s', (one, other, expected) => {
    expect(overlap(one, other)).toBe(expected);
    expect(overlap(other, one)).toBe(expected);
  });
});
