import type { SourceDocument, SourceFile } from '../documents.ts';
import { findingAt, type Finding, type FindingCode, type Position } from './finding.ts';
import { findInHolder, findInPod } from './find-place.ts';
import { flawSays } from './flaw.ts';
import { holdPolicy, holdRestore, type Holder, type PolicyHolder, type RestoreHolder } from './holder.ts';
import { misplacedKeys } from './misplaced.ts';
import { checkPod, type CheckedPod } from './pod-checks.ts';
import { Pointer } from './pointer.ts';
import type { Remark } from './remark.ts';
import { subjectsOf, type PodSubject, type Subject } from './subjects.ts';

/** A pod or template of a file, with what its annotations ask for. */
export interface PodSite extends CheckedPod {
  readonly subject: PodSubject;
}

/** A Restore or policy of a file. */
export interface HolderSite<H extends Holder = Holder> {
  readonly holder: H;
  readonly report: (remark: Remark) => Finding;
}

export interface CheckedDocument {
  readonly findings: readonly Finding[];
  readonly pods: readonly PodSite[];
  readonly restores: readonly HolderSite<RestoreHolder>[];
  readonly policies: readonly HolderSite<PolicyHolder>[];
}

const passedOver = 'what stands here is no Kubernetes object, and is passed over';

/** Finds what is wrong with each object of a document by itself. */
export function checkDocument(source: SourceDocument, { name, text }: SourceFile): CheckedDocument {
  const pointer = new Pointer(source, text);
  const findings: Finding[] = [];
  const pods: PodSite[] = [];
  const restores: HolderSite<RestoreHolder>[] = [];
  const policies: HolderSite<PolicyHolder>[] = [];

  function finding(code: FindingCode, position: Position, message: string): Finding {
    return findingAt(name, position, code, message);
  }

  function site<H extends Holder>(holder: H, { path }: Subject): HolderSite<H> {
    const report = (remark: Remark) => finding(remark.code, findInHolder(pointer, path, holder, remark), remark.text);
    findings.push(...holder.remarks.map(report));
    return { holder, report };
  }

  function takePod(subject: PodSubject): void {
    const path = [...subject.path, ...subject.podPath];
    const checked = checkPod(subject.pod);
    pods.push({ subject, ...checked });
    for (const remark of checked.remarks) {
      findings.push(finding(remark.code, findInPod(pointer, path, subject.pod, remark), remark.text));
    }
    for (const { key, says } of misplacedKeys(subject)) {
      const at = pointer.to([...subject.path, 'metadata', 'annotations', key], 'key');
      findings.push(finding('MisplacedAnnotation', at, says));
    }
  }

  for (const subject of subjectsOf(source.value)) {
    switch (subject.is) {
      case 'pod':
        takePod(subject);
        break;
      case 'restore':
        restores.push(site(holdRestore(subject.restore), subject));
        break;
      case 'policy':
        policies.push(site(holdPolicy(subject.policy), subject));
        break;
      case 'flawed': {
        const { path, code, flaw } = subject;
        findings.push(finding(code, pointer.to([...path, ...flaw.path]), flawSays(flaw)));
        break;
      }
      case 'no object':
        findings.push(finding('NotAnObject', pointer.to(subject.path), passedOver));
        break;
    }
  }
  return { findings, pods, restores, policies };
}
