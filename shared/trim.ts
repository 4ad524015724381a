/** White space to Go's unicode.IsSpace: JavaScript's, with U+0085 and without U+FEFF. */
const space = /[^\S\ufeff]|\u0085/;

/** Trims as Go's strings.TrimSpace does, by which Velero and the API server's validation go. */
export function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && space.test(text.charAt(start))) start += 1;
  while (end > start && space.test(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}
