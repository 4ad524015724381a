import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const rooms = ['shared', 'webhook', 'executor', 'certs', 'test'];

/** A room may import itself and the rooms named; every other room is refused with the rule's own words. */
function room(name, mayImport) {
  const refused = rooms.filter((other) => other !== name && !mayImport.includes(other));
  return {
    files: [`${name}/**/*.ts`],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: refused.map((other) => ({
            regex: `^(\\.\\./)+${other}/`,
            message: `${name}/ must not import ${other}/ (docs/architecture.md, "Rooms").`,
          })),
        },
      ],
    },
  };
}

const onlyInMain = 'Only a main.ts reads the environment and exits (docs/architecture.md, "Rooms").';
const processProperties = ['env', 'exit', 'argv'].map((property) => ({
  object: 'process',
  property,
  message: onlyInMain,
}));

export default tseslint.config(
  { ignores: ['node_modules', '.cache', 'test/fixtures'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/prefer-nullish-coalescing': 'error',
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      'no-console': 'error',
      'no-restricted-properties': ['error', ...processProperties],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  room('shared', []),
  room('webhook', ['shared']),
  room('executor', ['shared']),
  room('certs', ['shared']),
  {
    // The domain is pure: the same input gives the same output on every machine, at every hour.
    files: ['shared/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(?!\\./[a-z-]+\\.ts$)',
              allowTypeImports: true,
              message: 'shared/ imports nothing but itself and types (docs/architecture.md, "Rooms").',
            },
          ],
        },
      ],
      'no-restricted-globals': ['error', 'process', 'setTimeout', 'setInterval', 'fetch', 'performance', 'crypto'],
      'no-restricted-syntax': [
        'error',
        { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'Time is an argument.' },
      ],
      'no-restricted-properties': [
        'error',
        ...processProperties,
        { object: 'Date', property: 'now', message: 'Time is an argument.' },
        { object: 'Math', property: 'random', message: 'Randomness is an argument.' },
      ],
    },
  },
  {
    files: ['**/main.ts', 'test/**/*.ts'],
    rules: { 'no-restricted-properties': 'off', 'no-console': 'off' },
  },
);
