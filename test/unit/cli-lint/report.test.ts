import { describe, expect, it } from '@jest/globals';
import type { Finding } from '../../../cli/lint/finding.ts';
import { renderFindings } from '../../../cli/lint/report.ts';

const error: Finding = {
  severity: 'error',
  code: 'UnknownKey',
  file: 'a/b.yaml',
  line: 3,
  column: 5,
  message: 'x is unknown and ignored: did you mean y?',
};
const warning: Finding = { ...error, severity: 'warning', code: 'NameTaken', line: 12, message: 'a "b" is taken' };

describe('renderFindings', () => {
  it('writes a line for each finding, and a count, for people', () => {
    expect(renderFindings([error, warning, warning], 'text')).toBe(
      'a/b.yaml:3:5: error UnknownKey: x is unknown and ignored: did you mean y?\n' +
        'a/b.yaml:12:5: warning NameTaken: a "b" is taken\n'.repeat(2) +
        '1 error, 2 warnings\n',
    );
  });

  it('says so if nothing is wrong, to people alone', () => {
    expect(renderFindings([], 'text')).toBe('nothing wrong: 0 errors, 0 warnings\n');
    expect(renderFindings([], 'json')).toBe('[]\n');
    expect(renderFindings([], 'github')).toBe('');
  });

  it('keeps a file’s name on one line', () => {
    expect(renderFindings([{ ...warning, file: 'a\nb\u001b[1m' }], 'text')).toBe(
      'a\\nb\\u001b[1m:12:5: warning NameTaken: a "b" is taken\n0 errors, 1 warning\n',
    );
  });

  it('writes an array of JSON', () => {
    expect(JSON.parse(renderFindings([error, warning], 'json'))).toEqual([error, warning]);
  });

  it('writes annotations of GitHub Actions', () => {
    expect(renderFindings([error, warning], 'github')).toBe(
      '::error file=a/b.yaml,line=3,col=5,title=UnknownKey::x is unknown and ignored: did you mean y?\n' +
        '::warning file=a/b.yaml,line=12,col=5,title=NameTaken::a "b" is taken\n',
    );
  });

  it('escapes what GitHub Actions would take for its own', () => {
    const odd = { ...error, file: 'a,b:100%\r\n.yaml', message: '100%, so: a\r\nb' };
    expect(renderFindings([odd], 'github')).toBe(
      '::error file=a%2Cb%3A100%25%0D%0A.yaml,line=3,col=5,title=UnknownKey::100%25, so: a%0D%0Ab\n',
    );
  });
});
