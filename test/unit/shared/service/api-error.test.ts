import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { ApiError, ApiUnreachable, readStatus, waitAfterMs, waitMs } from '../../../../shared/service/api-error.ts';

function answer(statusCode: number, headers: Record<string, string> = {}): IncomingMessage {
  return { statusCode, headers } as unknown as IncomingMessage;
}

const secret = '/api/v1/namespaces/shop/pods/db/exec?command=psql&command=secret';

describe('readStatus', () => {
  it.each([
    {
      name: 'a Status object',
      text: '{"kind":"Status","reason":"NotFound","message":"m"}',
      expected: { reason: 'NotFound', message: 'm' },
    },
    { name: 'one without a reason', text: '{"message":"m"}', expected: { message: 'm' } },
    { name: 'values of other types', text: '{"reason":1,"message":{}}', expected: {} },
    { name: 'plain text', text: ' no such host\n', expected: { message: 'no such host' } },
    { name: 'a long page', text: `<html>${'x'.repeat(1000)}`, expected: { message: `<html>${'x'.repeat(294)}` } },
    { name: 'nothing', text: '', expected: { message: '' } },
    { name: 'null', text: 'null', expected: {} },
    { name: 'a number', text: '5', expected: {} },
    { name: 'a list', text: '[]', expected: {} },
  ])('$name', ({ text, expected }) => {
    expect(readStatus(text)).toEqual(expected);
  });
});

describe('ApiError', () => {
  it('says what was asked and what was answered, and no query', () => {
    const error = ApiError.of('GET', secret, answer(409), '{"reason":"Conflict","message":"changed"}');
    expect(error).toMatchObject({ status: 409, reason: 'Conflict', retryAfterMs: null });
    expect(error.message).toBe('GET /api/v1/namespaces/shop/pods/db/exec: 409 changed');
  });

  it.each([
    { header: '5', expected: 5_000 },
    { header: '0', expected: 0 },
    { header: undefined, expected: null },
    { header: 'Wed, 21 Oct 2026 07:28:00 GMT', expected: null },
  ])('reads a Retry-After of $header', ({ header, expected }) => {
    const headers = header === undefined ? {} : { 'retry-after': header };
    expect(ApiError.of('GET', '/api', answer(429, headers), '').retryAfterMs).toBe(expected);
  });

  it('bounds what it quotes of an answer that is no Status object', () => {
    expect(ApiError.of('GET', '/api', answer(500), '[1]').message).toBe('GET /api: 500 [1]');
    expect(ApiError.of('GET', '/api', answer(500), 'x'.repeat(1000)).message).toHaveLength(314);
  });
});

describe('the wait before another try', () => {
  it.each([
    { name: 'no time is named: the back-off', asked: null, expected: 200 },
    { name: 'the server asks for more than the back-off', asked: 1_000, expected: 1_000 },
    { name: 'the server asks for less', asked: 100, expected: 200 },
    { name: 'it asks for a time gone by', asked: -5_000, expected: 200 },
    { name: 'it asks for an hour: a minute', asked: 3_600_000, expected: 60_000 },
    { name: 'it asks for ever: a minute', asked: Infinity, expected: 60_000 },
  ])('$name', ({ asked, expected }) => {
    expect(waitMs(asked, 200)).toBe(expected);
    expect(waitAfterMs(new ApiError('GET: 429', 429, 'TooManyRequests', asked), 200)).toBe(expected);
  });

  it('is longer than what a server may ask for where the back-off is', () => {
    expect(waitMs(1_000, 90_000)).toBe(90_000);
  });

  it.each([new ApiUnreachable('GET', '/api', 'why'), new Error('a bug'), undefined])(
    'after %s is the back-off',
    (error) => {
      expect(waitAfterMs(error, 200)).toBe(200);
    },
  );
});

describe('ApiUnreachable', () => {
  it('keeps its cause, and no query', () => {
    const cause = new Error('ECONNREFUSED');
    const error = new ApiUnreachable('GET', secret, cause);
    expect(error.message).toBe('GET /api/v1/namespaces/shop/pods/db/exec: ECONNREFUSED');
    expect(error.cause).toBe(cause);
    expect(new ApiUnreachable('GET', '/api', 'why').message).toBe('GET /api: why');
  });
});
