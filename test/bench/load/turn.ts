/** Gives the elements one after the other, again and again. */
export function inTurn<T>(elements: readonly T[]): () => T {
  let index = 0;
  return () => {
    const element = elements[index % elements.length];
    if (element === undefined) throw new Error('there is nothing to take in turn');
    index += 1;
    return element;
  };
}
