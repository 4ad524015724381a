import { stringify } from 'yaml';

const head = `# Written by \`npm run crds\` from crds/ and shared/: change it there.\n`;

/** A CRD as the text of its file. */
export function render(crd: object): string {
  return head + stringify(crd, { lineWidth: 0, singleQuote: true, aliasDuplicateObjects: false });
}
