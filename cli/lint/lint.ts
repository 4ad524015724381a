import { readDocuments, type DocumentProblem, type SourceFile } from '../documents.ts';
import { checkDocument } from './check-document.ts';
import { checkAgainst } from './cross-check.ts';
import { findingAt, type Finding } from './finding.ts';

export interface LintOptions {
  /** Policies in it concern the pods of every namespace. */
  readonly systemNamespace: string;
  /** The key of the label that makes a pod a restored one. */
  readonly restoreLabel: string;
}

/**
 * Tells what is wrong with the hooks in files of manifests, as if all of it came back from a backup: pods and pod templates by
 * their own annotations; Restores and policies by themselves, and in each pod of the files that they concern.
 *
 * @returns each finding once, in the order of files, lines and columns. Never throws, whatever the texts hold.
 */
export function lintFiles(files: readonly SourceFile[], options: LintOptions): Finding[] {
  const findings: Finding[] = [];
  const checked = files.flatMap((file) => {
    const { documents, problems } = readDocuments(file);
    findings.push(...problems.map(invalidYaml));
    return documents.map((document) => checkDocument(document, file));
  });
  const sites = {
    restores: checked.flatMap(({ restores }) => restores),
    policies: checked.flatMap(({ policies }) => policies),
  };
  for (const document of checked) {
    findings.push(...document.findings, ...document.pods.flatMap((pod) => checkAgainst(pod, sites, options)));
  }
  return inOrder(distinct(findings), files);
}

function invalidYaml(problem: DocumentProblem): Finding {
  return findingAt(problem.file, problem, 'InvalidYAML', problem.message);
}

/** An anchor's problem shows at each of its aliases; a file may be named twice. */
function distinct(findings: readonly Finding[]): Finding[] {
  const byContent = new Map(findings.map((finding) => [JSON.stringify(finding), finding]));
  return [...byContent.values()];
}

function inOrder(findings: readonly Finding[], files: readonly SourceFile[]): Finding[] {
  const order = new Map(files.map(({ name }, index) => [name, index]));
  const orderOf = ({ file }: Finding) => order.get(file) ?? files.length;
  return [...findings].sort(
    (one, other) => orderOf(one) - orderOf(other) || one.line - other.line || one.column - other.column,
  );
}
