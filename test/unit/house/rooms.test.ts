import { describe, expect, it } from '@jest/globals';
import { Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import rooms from '../../../eslint.rooms.js';

const linter = new Linter();

/** What the rules of the rooms say of a file that holds this one line. */
function complaints(file: string, code: string): string[] {
  const parser = { files: ['**/*.ts'], languageOptions: { parser: tseslint.parser as Linter.Parser } };
  return linter.verify(code, [parser, ...rooms], file).map(({ ruleId, message }) => `${ruleId ?? ''} ${message}`);
}

describe('the import rules of the rooms', () => {
  it.each([
    { file: 'webhook/a.ts', code: "import '../executor/b.ts';" },
    { file: 'webhook/a.ts', code: "import '../certs/b.ts';" },
    { file: 'webhook/a.ts', code: "import '../test/support/b.ts';" },
    { file: 'executor/a.ts', code: "import '../webhook/b.ts';" },
    { file: 'executor/a.ts', code: "import type { B } from '../certs/b.ts';" },
    { file: 'certs/a.ts', code: "import '../executor/b.ts';" },
    { file: 'cli/a.ts', code: "import '../executor/b.ts';" },
    { file: 'cli/plan/a.ts', code: "import '../../webhook/b.ts';" },
    { file: 'webhook/a.ts', code: "import '../cli/b.ts';" },
    { file: 'crds/a.ts', code: "import '../cli/b.ts';" },
    { file: 'executor/a.ts', code: "import '../crds/b.ts';" },
    { file: 'image/a.ts', code: "import '../cli/b.ts';" },
    { file: 'webhook/a.ts', code: "import '../image/b.ts';" },
    { file: 'shared/a.ts', code: "import '../webhook/b.ts';" },
    { file: 'shared/a.ts', code: "import type { B } from '../executor/b.ts';" },
    { file: 'shared/a.ts', code: "import './service/logger.ts';" },
    { file: 'shared/a.ts', code: "import 'node:crypto';" },
    { file: 'shared/a.ts', code: "import yaml from 'yaml';" },
    { file: 'shared/restore-label.ts', code: "import 'pino';" },
    { file: 'shared/restore-label.ts', code: 'Date.now();' },
    { file: 'shared/yaml-value.ts', code: "import 'pino';" },
    { file: 'shared/yaml-value.ts', code: "import './service/logger.ts';" },
    { file: 'shared/yaml-value.ts', code: 'Date.now();' },
    { file: 'shared/service/a.ts', code: "import '../../executor/b.ts';" },
    { file: 'shared/a.ts', code: 'Date.now();' },
    { file: 'shared/a.ts', code: 'new Date();' },
    { file: 'shared/a.ts', code: 'Math.random();' },
    { file: 'shared/a.ts', code: 'setTimeout(f, 1);' },
    { file: 'shared/a.ts', code: 'process.env;' },
    { file: 'shared/service/a.ts', code: 'process.env;' },
    { file: 'executor/a.ts', code: 'process.exit(1);' },
    { file: 'webhook/a.ts', code: 'process.env;' },
  ])('refuse in $file: $code', ({ file, code }) => {
    expect(complaints(file, code)).not.toEqual([]);
  });

  it.each([
    { file: 'webhook/a.ts', code: "import '../shared/plan.ts';" },
    { file: 'webhook/a.ts', code: "import '../shared/service/logger.ts';" },
    { file: 'webhook/a.ts', code: "import 'fastify';" },
    { file: 'shared/a.ts', code: "import './plan.ts';" },
    { file: 'shared/a.ts', code: "import type { Pod } from '@kubernetes/client-node';" },
    { file: 'cli/a.ts', code: "import '../shared/plan.ts';" },
    { file: 'crds/a.ts', code: "import '../shared/shape.ts';" },
    { file: 'shared/restore-label.ts', code: "import { createHash } from 'node:crypto';" },
    { file: 'shared/yaml-value.ts', code: "import { parseDocument } from 'yaml';" },
    { file: 'shared/yaml-value.ts', code: "import './plan.ts';" },
    { file: 'shared/a.ts', code: 'new Date(0);' },
    { file: 'shared/service/a.ts', code: "import 'pino';" },
    { file: 'executor/main.ts', code: 'process.exit(1);' },
    { file: 'test/e2e/a.ts', code: "import '../../executor/b.ts';" },
  ])('let pass in $file: $code', ({ file, code }) => {
    expect(complaints(file, code)).toEqual([]);
  });
});
