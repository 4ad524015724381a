import { printable } from '../plan/printable.ts';
import type { Finding } from './finding.ts';

export const reportFormats = ['text', 'json', 'github'] as const;
export type ReportFormat = (typeof reportFormats)[number];

/** The whole of what `lint` prints. Only the form for people ends with a count, and speaks if there is nothing to say. */
export function renderFindings(findings: readonly Finding[], format: ReportFormat): string {
  switch (format) {
    case 'text':
      return `${[...findings.map(textLine), summary(findings)].join('\n')}\n`;
    case 'json':
      return `${JSON.stringify(findings, null, 2)}\n`;
    case 'github':
      return findings.map((finding) => `${workflowCommand(finding)}\n`).join('');
  }
}

function textLine({ file, line, column, severity, code, message }: Finding): string {
  return `${printable(file)}:${line}:${column}: ${severity} ${code}: ${message}`;
}

function summary(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'nothing wrong: 0 errors, 0 warnings';
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  return `${counted(errors, 'error')}, ${counted(findings.length - errors, 'warning')}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/**
 * An annotation of GitHub Actions.
 * Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions, and its escaping in actions/toolkit.
 */
function workflowCommand({ file, line, column, severity, code, message }: Finding): string {
  const properties = { file, line, col: column, title: code };
  const written = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  return `::${severity} ${written.join(',')}::${escapeData(message)}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
