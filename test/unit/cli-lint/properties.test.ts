import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { lintFiles } from '../../../cli/lint/lint.ts';
import { execKeys, initKeys, movedHooksKey, ownKeys } from '../../../shared/annotations.ts';
import { hostilePods } from '../../support/hostile-pods.ts';
import { options, podWith } from './marked.ts';

const manifest = `${podWith(`${execKeys.command}: psql -l\n${ownKeys.exec}: |\n  - command: [x]\n    onErr: y\n${ownKeys.init}: >-\n  [{"image": 1},\n   {"a":2}]`)}---
apiVersion: velero.io/v1
kind: Restore
metadata: { name: r, annotations: { ${movedHooksKey}: '{"resources": [{"postHooks": [{"exec": {}}]}]}' } }
spec: &spec { hooks: { resources: [{ includedNamespaces: [a, "[b"], postHooks: [{ exec: { command: x y } }] }] } }
---
apiVersion: restorehooks.io/v1alpha1
kind: RestoreHookPolicy
metadata: { name: p, namespace: restore-hooks }
spec: { <<: *spec, inherit: [x], resources: [{ postHooks: [{ init: { initContainers: [{ name: A }] } }] }] }
`;

/** A manifest with some of its characters taken out, repeated, or replaced. */
const damaged = fc
  .array(
    fc.record({
      at: fc.nat(manifest.length),
      length: fc.nat(12),
      by: fc.constantFrom(
        '',
        ' ',
        '\n',
        '\r\n',
        '\t',
        '"',
        "'",
        '|',
        '>',
        '[',
        '{',
        '- ',
        ': ',
        '&a ',
        '*a',
        '<<: ',
        '#',
        '\0',
        '\u2028',
        '\ud800',
      ),
    }),
    { maxLength: 6 },
  )
  .map((edits) =>
    edits.reduce((text, { at, length, by }) => text.slice(0, at) + by + text.slice(at + length), manifest),
  );

const keys = fc.constantFrom<string>(
  ...[execKeys, initKeys, ownKeys].flatMap((each) => Object.values(each)),
  movedHooksKey,
  '__proto__',
);
const fields = fc.constantFrom(
  'command',
  'container',
  'onError',
  'waitTimeout',
  'image',
  'name',
  'env',
  'a.b[0]',
  '',
  '"',
  '\n',
);
const entries = fc.array(fc.dictionary(fields, fc.oneof(fc.jsonValue(), fc.string()), { maxKeys: 4 }), {
  maxLength: 3,
});
const annotationTexts = fc.oneof(
  fc.string(),
  entries.map((list) => stringify(list)),
  entries.map((list) => JSON.stringify(list)),
  fc.jsonValue(),
);
const ruleFields = fc.constantFrom(
  'includedNamespaces',
  'labelSelector',
  'postHooks',
  'includedResources',
  'name',
  'x',
);
const rules = fc.array(
  fc.oneof(
    fc.dictionary(ruleFields, fc.jsonValue()),
    fc.record({
      postHooks: fc.array(
        fc.record(
          { exec: fc.dictionary(fields, fc.jsonValue()), init: fc.record({ initContainers: entries }) },
          { requiredKeys: [] },
        ),
      ),
    }),
  ),
  { maxLength: 3 },
);
const metadata = fc.record({
  name: fc.constantFrom('a', 'db', 'x\n\u001b[1m'),
  annotations: fc.dictionary(keys, annotationTexts, { maxKeys: 4 }),
});
const objects = fc
  .oneof(
    hostilePods,
    fc.record({
      metadata,
      spec: fc.oneof(fc.jsonValue(), fc.constant({ containers: [{ name: 'db', startupProbe: {} }] })),
    }),
  )
  .map((pod) => ({ apiVersion: 'v1', kind: 'Pod', ...pod }));
const restores = fc.record({
  apiVersion: fc.constant('velero.io/v1'),
  kind: fc.constant('Restore'),
  metadata,
  spec: fc.record({ hooks: fc.oneof(fc.jsonValue(), fc.record({ resources: rules })) }),
});
const policies = fc.record({
  apiVersion: fc.constant('restorehooks.io/v1alpha1'),
  kind: fc.constant('RestoreHookPolicy'),
  metadata,
  spec: fc.oneof(fc.jsonValue(), fc.record({ resources: rules })),
});
const built = fc
  .tuple(fc.array(fc.oneof(objects, restores, policies), { maxLength: 4 }), fc.boolean(), fc.constantFrom(40, 0))
  .map(([items, asJson, lineWidth]) => {
    const list = { apiVersion: 'v1', kind: 'List', items };
    return asJson ? JSON.stringify(list, null, lineWidth === 0 ? '\t' : undefined) : stringify(list, { lineWidth });
  });

describe('lintFiles, for any text', () => {
  it('never throws, and points into the file, once for each finding and in order', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), damaged, built), (text) => {
        const findings = lintFiles([{ name: 'a.yaml', text }], options);
        const lines = text.split('\n');
        const strange = findings.filter(({ file, line, column, message }) => {
          const isInside = column >= 1 && column <= (lines[line - 1]?.length ?? -1) + 1;
          return file !== 'a.yaml' || !isInside || !/^[^\p{Cc}\p{Zl}\p{Zp}]+$/u.test(message);
        });
        expect(strange).toEqual([]);
        expect(new Set(findings.map((finding) => JSON.stringify(finding))).size).toBe(findings.length);
        const places = findings.map(({ line, column }) => line * 1_000_000 + column);
        expect(places).toEqual([...places].sort((one, other) => one - other));
      }),
      { numRuns: 100 },
    );
  });
});
