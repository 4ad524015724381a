/**
 * Stands in for undici in the bundle. The client library imports it for its typed API, which is not used here; undici itself
 * does not load on Node 20.
 */
export class Agent {
  constructor() {
    fetch();
  }
}

export class ProxyAgent extends Agent {}

/** @returns {never} */
export function fetch() {
  throw new Error('this bundle has no undici');
}
