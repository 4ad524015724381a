/** Where one instance of the cluster is on the network. */
export interface Addresses {
  /** The host's end of the cable to the node; the other end is the node's eth0. */
  readonly device: string;
  /** Of this machine, as the API server and the pods reach it. */
  readonly host: string;
  /** Of the node, where the API server and everything else that is no pod listens. */
  readonly node: string;
  /** The whole block, of which the rest are parts. */
  readonly block: string;
  readonly pods: string;
  readonly services: string;
  /** The Service `kubernetes`: always the first address of the services. */
  readonly kubernetes: string;
}

/** As many blocks as fit into the range below. */
export const instanceLimit = 32;

/**
 * 198.18.0.0/15 is set aside for tests of network devices (RFC 2544), so that no LAN or VPN should use it. A block of 4096
 * addresses holds the cable (/30), 510 pods (/23) and 2046 services (/21).
 */
const rangeStart = ip(198, 18, 0, 0);
const blockSize = 4096;
const podsOffset = 1024;
const servicesOffset = 2048;

/** The addresses of instance `number`, from 0 to instanceLimit - 1. */
export function addressesOf(number: number): Addresses {
  const start = rangeStart + number * blockSize;
  return {
    device: `rh${number}`,
    host: format(start + 1),
    node: format(start + 2),
    block: `${format(start)}/20`,
    pods: `${format(start + podsOffset)}/23`,
    services: `${format(start + servicesOffset)}/21`,
    kubernetes: format(start + servicesOffset + 1),
  };
}

/** Whether two IPv4 ranges (`10.0.0.0/8`; without a length a single address) share an address. */
export function overlap(one: string, other: string): boolean {
  const [a, b] = [parse(one), parse(other)];
  return a.start < b.start + b.size && b.start < a.start + a.size;
}

function parse(range: string): { start: number; size: number } {
  const [address = '', length = '32'] = range.split('/');
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  const size = 2 ** (32 - Number(length));
  const start = ip(a, b, c, d);
  return { start: start - (start % size), size };
}

function ip(a: number, b: number, c: number, d: number): number {
  return ((a * 256 + b) * 256 + c) * 256 + d;
}

function format(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}
