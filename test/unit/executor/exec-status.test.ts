import { describe, expect, it } from '@jest/globals';
import { readExecStatus } from '../../../executor/exec-status.ts';

const nonZero = (message: string | undefined, reason = 'ExitCode') =>
  JSON.stringify({
    status: 'Failure',
    reason: 'NonZeroExitCode',
    message: 'm',
    details: { causes: [{ reason, message }] },
  });
const internal = (message: string) => JSON.stringify({ status: 'Failure', reason: 'InternalError', message });

describe('the status channel', () => {
  it.each([
    { name: 'success', text: '{"metadata":{},"status":"Success"}', began: true, expected: 'ok 0' },
    { name: 'an exit code', text: nonZero('3'), began: true, expected: 'NonZeroExit 3' },
    { name: 'a signal, told as an exit code', text: nonZero('137'), began: false, expected: 'NonZeroExit 137' },
    { name: 'no exit code where one should be', text: nonZero('x'), began: true, expected: 'ConnectionLost null' },
    { name: 'an exit code of nothing', text: nonZero(undefined), began: true, expected: 'ConnectionLost null' },
    { name: 'another cause', text: nonZero('3', 'Other'), began: true, expected: 'ConnectionLost null' },
    {
      name: 'a program that is not there',
      text: internal(
        'failed to exec in container: OCI runtime exec failed: exec failed: unable to start container process',
      ),
      began: false,
      expected: 'StartFailed null',
    },
    {
      name: 'the same words after output',
      text: internal('OCI runtime exec failed'),
      began: true,
      expected: 'ConnectionLost null',
    },
    {
      name: 'a broken stream',
      text: internal('error reading from error stream: unexpected EOF'),
      began: false,
      expected: 'ConnectionLost null',
    },
    { name: 'no JSON', text: 'EOF', began: true, expected: 'ConnectionLost null' },
    { name: 'an exit code of no digits', text: nonZero(''), began: true, expected: 'ConnectionLost null' },
    { name: 'a failure with exit code 0', text: nonZero('0'), began: true, expected: 'ConnectionLost null' },
    { name: 'JSON null', text: 'null', began: true, expected: 'ConnectionLost null' },
    { name: 'a JSON text', text: '"Success"', began: true, expected: 'ConnectionLost null' },
    {
      name: 'details that are null',
      text: '{"reason":"NonZeroExitCode","details":null}',
      began: true,
      expected: 'ConnectionLost null',
    },
    {
      name: 'causes that are no list',
      text: '{"reason":"NonZeroExitCode","details":{"causes":{}}}',
      began: true,
      expected: 'ConnectionLost null',
    },
    {
      name: 'a cause that is null',
      text: '{"reason":"NonZeroExitCode","details":{"causes":[null]}}',
      began: true,
      expected: 'ConnectionLost null',
    },
    { name: 'no Status', text: '{}', began: true, expected: 'ConnectionLost null' },
  ])('$name: $expected', ({ text, began, expected }) => {
    const outcome = readExecStatus(text, began);
    expect(`${outcome.ok ? 'ok' : outcome.reason} ${outcome.exitCode}`).toBe(expected);
  });
});
