export const parts = ['webhook', 'executor', 'certs'] as const;
export type Part = (typeof parts)[number];

export const usage = `Usage: restore-hooks PART [ARGUMENT]…

  webhook             answers the API server
  executor            runs the commands of hooks
  executor give-back  puts back what was taken over from Velero
  certs keep          keeps the webhook's certificate
  certs               makes one; certs --help tells how

  --version           prints the version
  --help              prints this

webhook and executor, and certs keep, are told everything else by environment variables: docs/configuration.md.`;

export type Choice =
  { readonly kind: 'part'; readonly part: Part } | { readonly kind: 'print' | 'misuse'; readonly text: string };

/** Which part of the system the image's first argument asks for. `misuse`: none, and the text says what there is. */
export function choose(args: readonly string[], version: string): Choice {
  const [first] = args;
  if (first === '--version') return { kind: 'print', text: version };
  if (first === '--help') return { kind: 'print', text: usage };
  const part = parts.find((each) => each === first);
  if (part !== undefined) return { kind: 'part', part };
  const wrong = first === undefined ? 'which part?' : `there is no part called ${JSON.stringify(first)}`;
  return { kind: 'misuse', text: `${wrong}\n\n${usage}` };
}
