/** Calls `act` for each of the items, at most so many at a time. Resolves when all have ended; rejects as the first that does. */
export async function eachOf<Item>(
  items: Iterable<Item>,
  concurrency: number,
  act: (item: Item) => Promise<void>,
): Promise<void> {
  const rest = [...items].values();
  const worker = async () => {
    for (const item of rest) await act(item);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}
