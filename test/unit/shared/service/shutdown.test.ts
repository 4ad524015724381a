import { describe, expect, it } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { shutdownSignal, ShutdownRequested } from '../../../../shared/service/shutdown.ts';

describe('shutdownSignal', () => {
  it.each(['SIGTERM', 'SIGINT'])('is aborted at %s, and says so', (name) => {
    const source = new EventEmitter();
    const signal = shutdownSignal(source);
    expect(signal.aborted).toBe(false);
    source.emit(name);
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toEqual(new ShutdownRequested(name));
  });

  it("leaves a second signal to Node's own handling", () => {
    const source = new EventEmitter();
    shutdownSignal(source);
    source.emit('SIGINT');
    expect(source.eventNames()).toEqual([]);
  });
});
