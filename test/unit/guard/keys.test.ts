import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { admittedForKey, execKeys, movedCommandKey, movedHooksKey, ownKeys } from '../../../shared/annotations.ts';
import { hooksCondition } from '../../../shared/condition.ts';
import { excludeFromBackupLabel, hookRunRestoreLabel } from '../../../shared/hook-run.ts';

const text = (path: string) => readFileSync(new URL(`../../../charts/restore-hooks/${path}`, import.meta.url), 'utf8');

/** The list in CEL that a named template of a file holds. */
function list(file: string, template: string): readonly string[] {
  const found = new RegExp(`define "restore-hooks\\.${template}" -}}\\n(\\[.*\\])\\n`).exec(
    text(`templates/guard/${file}`),
  );
  return JSON.parse(found?.[1] ?? 'null') as readonly string[];
}

describe('the guard knows', () => {
  it.each([
    { template: 'guardCommandKeys', keys: [execKeys.command, movedCommandKey, ownKeys.exec] },
    { template: 'guardExecKeys', keys: [...Object.values(execKeys), movedCommandKey, ownKeys.exec] },
    { template: 'guardMarkKeys', keys: [admittedForKey, movedCommandKey] },
  ])('the annotations that the system reads ($template)', ({ template, keys }) => {
    expect(list('_keys.tpl', template).toSorted()).toEqual(keys.toSorted());
  });

  it.each([
    { file: 'pods.yaml', key: admittedForKey },
    { file: 'marks.yaml', key: hooksCondition },
    { file: 'restores.yaml', key: movedHooksKey },
    { file: 'records.yaml', key: hookRunRestoreLabel },
    { file: 'records.yaml', key: excludeFromBackupLabel },
  ])('$key, in $file', ({ file, key }) => {
    expect(text(`templates/guard/${file}`)).toMatch(new RegExp(`["']${key.replaceAll('.', '\\.')}\\\\?["']`));
  });

  it('every field of a HookRun but the two that users may write', () => {
    const { spec } = parse(text('files/crds/hookruns.yaml')) as {
      spec: { versions: { schema: { openAPIV3Schema: { properties: { spec: { properties: object } } } } }[] };
    };
    const fields = Object.keys(spec.versions[0]?.schema.openAPIV3Schema.properties.spec.properties ?? {});
    expect([...list('records.yaml', 'guardRecordFields'), 'rerun', 'cancel'].toSorted()).toEqual(fields.toSorted());
  });
});
