import type { Container } from './pod.ts';

/** A plan asks several times, and a container may have a megabyte. Forgotten with the container. */
const texts = new WeakMap<Container, string>();

/** The first of all that ask for the same container, by every field. */
export function distinctContainers<Asked>(asked: readonly Asked[], containerOf: (each: Asked) => Container): Asked[] {
  const seen = new Set<string>();
  return asked.filter((each) => {
    const text = textOf(containerOf(each));
    const isNew = !seen.has(text);
    seen.add(text);
    return isNew;
  });
}

function textOf(container: Container): string {
  const before = texts.get(container);
  if (before !== undefined) return before;
  const text = JSON.stringify(container);
  texts.set(container, text);
  return text;
}
