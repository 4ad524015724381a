/** The page with this section in place of the one of the same heading, or at its end. A section begins with `## `. */
export function withSection(page: string, section: string): string {
  const [heading = ''] = section.split('\n');
  const [before = '', ...sections] = page.split(/^(?=## )/m);
  const index = sections.findIndex((each) => each.startsWith(`${heading}\n`));
  sections.splice(index === -1 ? sections.length : index, 1, section);
  return `${[before, ...sections].map((part) => part.trimEnd()).join('\n\n')}\n`;
}
