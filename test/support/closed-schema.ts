/** The same schema for which what has named fields has no others, as `fieldValidation: Strict` has it. */
export function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const all = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, closed(each)]));
  const isOpen = 'additionalProperties' in all || all['x-kubernetes-preserve-unknown-fields'] === true;
  return all.type === 'object' && 'properties' in all && !isOpen ? { ...all, additionalProperties: false } : all;
}
