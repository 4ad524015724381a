import { ownKeys } from '../../shared/annotations.ts';
import type { Pod } from '../../shared/pod.ts';
import type { Path } from '../plan/check.ts';
import type { FindingCode, Position } from './finding.ts';
import type { Holder } from './holder.ts';
import type { Pointer, Target } from './pointer.ts';
import type { Remark } from './remark.ts';

/** Wrong in its name; everything else is wrong in what it holds. */
const aboutTheKey: readonly FindingCode[] = ['UnknownKey', 'UnknownField'];

/**
 * Where in a file a remark about a pod's annotations points.
 *
 * @param path of the pod or template in its document
 */
export function findInPod(pointer: Pointer, path: Path, { metadata }: Pod, { code, place, text }: Remark): Position {
  const annotations = [...path, 'metadata', 'annotations'];
  if (Object.hasOwn(metadata.annotations ?? {}, place)) {
    const line = code === 'MalformedList' ? /\(line (\d+)\)/.exec(text) : null;
    if (line !== null) return pointer.lineWithin([...annotations, place], Number(line[1]));
    return pointer.to([...annotations, place], targetOf(code));
  }
  const list = [ownKeys.init, ownKeys.exec].find((key) => place.startsWith(`${key}[`));
  if (list === undefined) return pointer.to(annotations, 'key');
  return pointer.within([...annotations, list], place.slice(list.length), targetOf(code));
}

/**
 * The same of a remark about the rules of a Restore or policy.
 *
 * @param path of the Restore or policy in its document
 */
export function findInHolder(pointer: Pointer, path: Path, { place, base, isText }: Holder, remark: Remark): Position {
  const inside = remark.place.startsWith(place) ? remark.place.slice(place.length) : '';
  const rest = remark.code === 'MalformedRule' ? `${inside}${fieldNamed(remark)}` : inside;
  const target = targetOf(remark.code);
  return isText ? pointer.within([...path, ...base], rest, target) : pointer.below([...path, ...base], rest, target);
}

/** What is wrong with a rule concerns it as a whole; the sentence begins with the field at fault, where there is one. */
function fieldNamed({ place, text }: Remark): string {
  const [word = ''] = text.slice(place.length + 1).split(' ', 1);
  return `.${word}`;
}

function targetOf(code: FindingCode): Target {
  return aboutTheKey.includes(code) ? 'key' : 'value';
}
