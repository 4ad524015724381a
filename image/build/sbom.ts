import type { DebianPackage } from './libraries.ts';
import type { Package } from './packages.ts';

/** The part of an SPDX 2.3 document that is read or written here. */
export interface SpdxDocument {
  readonly spdxVersion: string;
  readonly name: string;
  readonly documentNamespace: string;
  readonly creationInfo: { readonly created: string; readonly creators: readonly string[] };
  readonly documentDescribes: readonly string[];
  readonly packages: readonly SpdxPackage[];
  readonly relationships: readonly SpdxRelationship[];
}

export interface SpdxPackage {
  readonly name: string;
  readonly SPDXID: string;
  readonly versionInfo: string;
  readonly downloadLocation: string;
  readonly filesAnalyzed: boolean;
  readonly primaryPackagePurpose?: string;
  readonly externalRefs?: readonly SpdxReference[];
  readonly [field: string]: unknown;
}

interface SpdxReference {
  readonly referenceCategory: string;
  readonly referenceType: string;
  readonly referenceLocator: string;
}

interface SpdxRelationship {
  readonly spdxElementId: string;
  readonly relatedSpdxElement: string;
  readonly relationshipType: string;
}

/** What an image holds. */
export interface Contents {
  /** Of its manifest, `sha256:…`. */
  readonly digest: string;
  readonly bundled: readonly Package[];
  readonly node: { readonly versions: Readonly<Record<string, string>>; readonly sha256: string };
  readonly debian: { readonly release: string; readonly packages: readonly DebianPackage[] };
}

/**
 * Makes of npm's list of packages (`npm sbom --sbom-format=spdx`; with `--omit=dev` it leaves out what both the project and its
 * tools depend on) the list of what the image holds: those that the bundle has anything of, Node, and the packages of its
 * libraries. What is installed but not bundled is left out: nobody need be alarmed by a flaw in it. Throws if the bundle holds
 * a package that npm does not know.
 */
export function imageSbom(npm: SpdxDocument, contents: Contents, created: Date): SpdxDocument {
  const [project] = npm.packages.filter(({ SPDXID }) => npm.documentDescribes.includes(SPDXID));
  if (project === undefined) throw new Error('the document of npm describes no package');
  // npm lists a package of which there are several copies once.
  const bundled = contents.bundled.map(({ name, version }) => {
    const found = npm.packages.find((each) => each.name === name && each.versionInfo === version);
    return found ?? fail(`the bundle holds ${name} ${version}, which npm does not know`);
  });
  const image = imagePackage(project, contents.digest);
  const held = [
    project,
    ...unique(bundled),
    nodePackage(contents.node),
    ...contents.debian.packages.map(debianPackage),
  ];
  const ids = new Set(held.map(({ SPDXID }) => SPDXID));
  const between = npm.relationships.filter((each) => ids.has(each.spdxElementId) && ids.has(each.relatedSpdxElement));
  return {
    ...npm,
    name: image.name,
    documentNamespace: `${npm.documentNamespace.replace(/-[0-9a-f-]{36}$/, '')}-${contents.digest.replace(':', '-')}`,
    creationInfo: { ...npm.creationInfo, created: created.toISOString().replace(/\.\d+Z$/, 'Z') },
    documentDescribes: [image.SPDXID],
    packages: [image, ...held],
    relationships: [
      relate('SPDXRef-DOCUMENT', 'DESCRIBES', image.SPDXID),
      ...held.map(({ SPDXID }) => relate(image.SPDXID, 'CONTAINS', SPDXID)),
      ...between,
    ],
  };

  function debianPackage({ name, version, architecture, source }: DebianPackage): SpdxPackage {
    const qualifiers = `arch=${architecture}&distro=debian-${contents.debian.release}&upstream=${escape(source)}`;
    return {
      ...plain(name, version, `Debian-${name}`),
      supplier: 'Organization: Debian',
      externalRefs: [purl(`pkg:deb/debian/${escape(name)}@${escape(version)}?${qualifiers}`)],
    };
  }
}

function imagePackage(project: SpdxPackage, digest: string): SpdxPackage {
  const { name, versionInfo, licenseDeclared } = project;
  return {
    ...plain(name, versionInfo, `Image-${name}`),
    primaryPackagePurpose: 'CONTAINER',
    licenseDeclared,
    checksums: [{ algorithm: 'SHA256', checksumValue: digest.replace('sha256:', '') }],
    externalRefs: [purl(`pkg:oci/${name}@${escape(digest)}?tag=${escape(versionInfo)}`)],
  };
}

function nodePackage({ versions, sha256 }: Contents['node']): SpdxPackage {
  const { node = 'unknown', ...others } = versions;
  const builtIn = Object.entries(others).map(([name, version]) => `${name} ${version}`);
  return {
    ...plain('node', node, 'Node.js'),
    comment: `Built in: ${builtIn.join(', ')}`,
    checksums: [{ algorithm: 'SHA256', checksumValue: sha256 }],
    externalRefs: [
      purl(`pkg:generic/node@${escape(node)}`),
      {
        referenceCategory: 'SECURITY',
        referenceType: 'cpe23Type',
        referenceLocator: `cpe:2.3:a:nodejs:node.js:${node}:*:*:*:*:*:*:*`,
      },
    ],
  };
}

function plain(name: string, version: string, id: string): SpdxPackage {
  return {
    name,
    SPDXID: `SPDXRef-${`${id}-${version}`.replaceAll(/[^A-Za-z0-9.-]/g, '-')}`,
    versionInfo: version,
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
  };
}

function purl(referenceLocator: string): SpdxReference {
  return { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator };
}

function relate(spdxElementId: string, relationshipType: string, relatedSpdxElement: string): SpdxRelationship {
  return { spdxElementId, relatedSpdxElement, relationshipType };
}

/** Several folders may hold the same package. */
function unique(packages: readonly SpdxPackage[]): readonly SpdxPackage[] {
  return [...new Map(packages.map((each) => [each.SPDXID, each])).values()];
}

function escape(text: string): string {
  return encodeURIComponent(text);
}

function fail(message: string): never {
  throw new Error(message);
}
