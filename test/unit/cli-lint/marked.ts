import { expect } from '@jest/globals';
import { lintFiles } from '../../../cli/lint/lint.ts';

/** Stands in a text right before where a finding is to point; the texts have it nowhere else. */
const mark = '‸';

export const options = { systemNamespace: 'restore-hooks', restoreLabel: 'velero.io/restore-name' };

/**
 * Lints a text without its marks, and expects of each mark one finding that points to what follows it, in order.
 *
 * @param verdicts severity and code of each finding
 * @returns what the findings say
 */
export function expectFindings(marked: string, verdicts: readonly string[]): string[] {
  const [first = '', ...others] = marked.split(mark);
  let text = first;
  const marks = others.map((part) => {
    const lines = text.split('\n');
    text += part;
    return `${lines.length}:${(lines.at(-1) ?? '').length + 1}`;
  });
  const findings = lintFiles([{ name: 'a.yaml', text }], options);
  const found = findings.map(({ line, column, severity, code }) => `${line}:${column} ${severity} ${code}`);
  expect(found).toEqual(verdicts.map((verdict, index) => `${marks[index] ?? 'no mark'} ${verdict}`));
  expect(marks).toHaveLength(verdicts.length);
  return findings.map(({ message }) => message);
}

/** A pod with containers main and db, of which the latter may take a minute to start. */
export function podWith(annotations: string): string {
  return `apiVersion: v1
kind: Pod
metadata:
  name: db
  namespace: app
  annotations:
${indented(annotations, 4)}
spec:
  containers:
    - { name: main, image: a }
    - name: db
      image: postgres
      startupProbe: { tcpSocket: { port: 5432 }, initialDelaySeconds: 10, failureThreshold: 5 }
`;
}

export function indented(text: string, spaces: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(spaces));
}
