import { describe, expect, it } from '@jest/globals';
import { imageSbom, type Contents, type SpdxDocument, type SpdxPackage } from '../../../../image/build/sbom.ts';

const created = new Date('2026-01-02T03:04:05.678Z');
const digest = `sha256:${'ab'.repeat(32)}`;

/** What `npm sbom` says of a project with two dependencies, one of which needs the other, and a tool. */
const npm: SpdxDocument = {
  spdxVersion: 'SPDX-2.3',
  name: 'restore-hooks@0.1.0',
  documentNamespace: 'http://spdx.org/spdxdocs/restore-hooks-0.1.0-01234567-89ab-cdef-0123-456789abcdef',
  creationInfo: { created: '2025-01-01T00:00:00.000Z', creators: ['Tool: npm/cli-11.19.1'] },
  documentDescribes: ['SPDXRef-Package-restore-hooks-0.1.0'],
  packages: [
    npmPackage('restore-hooks', '0.1.0'),
    npmPackage('pino', '10.4.0'),
    npmPackage('sonic-boom', '4.0.0'),
    npmPackage('jest', '30.5.2'),
  ],
  relationships: [
    relation('SPDXRef-DOCUMENT', 'DESCRIBES', 'SPDXRef-Package-restore-hooks-0.1.0'),
    relation('SPDXRef-Package-sonic-boom-4.0.0', 'DEPENDENCY_OF', 'SPDXRef-Package-pino-10.4.0'),
    relation('SPDXRef-Package-jest-30.5.2', 'DEV_DEPENDENCY_OF', 'SPDXRef-Package-restore-hooks-0.1.0'),
  ],
};

const contents: Contents = {
  digest,
  bundled: [
    { folder: 'node_modules/pino', name: 'pino', version: '10.4.0' },
    { folder: 'node_modules/sonic-boom', name: 'sonic-boom', version: '4.0.0' },
    { folder: 'node_modules/pino/node_modules/sonic-boom', name: 'sonic-boom', version: '4.0.0' },
  ],
  node: { versions: { node: '24.21.0', v8: '13.6', openssl: '3.5.4' }, sha256: 'cd'.repeat(32) },
  debian: {
    release: '12',
    packages: [{ name: 'libstdc++6', version: '12.2.0-14+deb12u1', architecture: 'amd64', source: 'gcc-12' }],
  },
};

describe('imageSbom', () => {
  const sbom = imageSbom(npm, contents, created);

  it('describes the image by its digest', () => {
    const [id = ''] = sbom.documentDescribes;
    expect(sbom.packages.find(({ SPDXID }) => SPDXID === id)).toMatchObject({
      name: 'restore-hooks',
      versionInfo: '0.1.0',
      primaryPackagePurpose: 'CONTAINER',
      checksums: [{ algorithm: 'SHA256', checksumValue: 'ab'.repeat(32) }],
    });
    expect(sbom.documentNamespace).toBe(`http://spdx.org/spdxdocs/restore-hooks-0.1.0-sha256-${'ab'.repeat(32)}`);
    expect(sbom.creationInfo).toEqual({ created: '2026-01-02T03:04:05Z', creators: ['Tool: npm/cli-11.19.1'] });
  });

  it('holds what is bundled, Node and the libraries, each once, and nothing that is only installed', () => {
    expect(sbom.packages.map(purlOf)).toEqual([
      `pkg:oci/restore-hooks@sha256%3A${'ab'.repeat(32)}?tag=0.1.0`,
      'pkg:npm/restore-hooks@0.1.0',
      'pkg:npm/pino@10.4.0',
      'pkg:npm/sonic-boom@4.0.0',
      'pkg:generic/node@24.21.0',
      'pkg:deb/debian/libstdc%2B%2B6@12.2.0-14%2Bdeb12u1?arch=amd64&distro=debian-12&upstream=gcc-12',
    ]);
    expect(sbom.packages.find(({ name }) => name === 'node')?.comment).toBe('Built in: v8 13.6, openssl 3.5.4');
  });

  it('relates no package that it does not hold', () => {
    const ids = ['SPDXRef-DOCUMENT', ...sbom.packages.map(({ SPDXID }) => SPDXID)];
    expect(new Set(ids).size).toBe(ids.length);
    for (const { spdxElementId, relatedSpdxElement } of sbom.relationships) {
      expect(ids).toContain(spdxElementId);
      expect(ids).toContain(relatedSpdxElement);
    }
    expect(sbom.relationships).toContainEqual(
      relation('SPDXRef-Package-sonic-boom-4.0.0', 'DEPENDENCY_OF', 'SPDXRef-Package-pino-10.4.0'),
    );
    const [image = ''] = sbom.documentDescribes;
    const contained = sbom.relationships.filter((each) => each.relationshipType === 'CONTAINS');
    expect(contained.map(({ spdxElementId }) => spdxElementId)).toEqual(Array(5).fill(image));
  });

  it('has identifiers of the letters that SPDX allows', () => {
    for (const { SPDXID } of sbom.packages) expect(SPDXID).toMatch(/^SPDXRef-[A-Za-z0-9.-]+$/);
  });

  it('throws if the bundle holds what npm does not know', () => {
    const bundled = [{ folder: 'node_modules/pino', name: 'pino', version: '9.0.0' }];
    expect(() => imageSbom(npm, { ...contents, bundled }, created)).toThrow('pino 9.0.0, which npm does not know');
  });
});

function npmPackage(name: string, version: string): SpdxPackage {
  return {
    name,
    SPDXID: `SPDXRef-Package-${name}-${version}`,
    versionInfo: version,
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
    externalRefs: [
      {
        referenceCategory: 'PACKAGE-MANAGER',
        referenceType: 'purl',
        referenceLocator: `pkg:npm/${name}@${version}`,
      },
    ],
  };
}

function relation(spdxElementId: string, relationshipType: string, relatedSpdxElement: string) {
  return { spdxElementId, relatedSpdxElement, relationshipType };
}

function purlOf({ externalRefs = [] }: SpdxPackage): string | undefined {
  return externalRefs.find(({ referenceType }) => referenceType === 'purl')?.referenceLocator;
}
