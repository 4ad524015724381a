import tseslint from 'typescript-eslint';

const rooms = ['shared', 'webhook', 'executor', 'certs', 'cli', 'crds', 'image', 'test'];

/**
 * A room may import itself and the rooms named; every other room is refused with the rule's own words.
 *
 * @param {string} name
 * @param {readonly string[]} mayImport
 * @returns {import('eslint').Linter.Config}
 */
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

/**
 * The files of the domain may import, of what has a value, what begins with one of these, and no other room.
 *
 * @param {string[]} files
 * @param {string} allowed
 * @returns {import('eslint').Linter.Config}
 */
function domain(files, allowed) {
  return {
    files,
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^\\.\\./',
              message: 'shared/ imports no other room, not even types (docs/architecture.md, "Rooms").',
            },
            {
              regex: `^(?!${allowed}|\\.\\./)`,
              allowTypeImports: true,
              message: 'shared/ imports nothing but itself and types (docs/architecture.md, "Rooms").',
            },
          ],
        },
      ],
    },
  };
}

/**
 * What each room may import and reach for: docs/architecture.md, "Rooms".
 *
 * @type {import('eslint').Linter.Config[]}
 */
export default [
  {
    files: ['**/*.ts'],
    plugins: { '@typescript-eslint': /** @type {import('eslint').ESLint.Plugin} */ (tseslint.plugin) },
    rules: { 'no-restricted-properties': ['error', ...processProperties] },
  },
  room('shared', []),
  room('webhook', ['shared']),
  room('executor', ['shared']),
  room('certs', ['shared']),
  room('cli', ['shared']),
  room('crds', ['shared']),
  // Its main.ts is the three processes' in the image.
  room('image', ['shared', 'webhook', 'executor', 'certs']),
  domain(['shared/*.ts'], '\\./[a-z-]+\\.ts$'),
  // docs/adr/0006: the parser is as pure as the domain, and stays behind one file.
  domain(['shared/yaml-value.ts'], '\\./[a-z-]+\\.ts$|yaml$'),
  // docs/adr/0008: a hash is as pure as the domain.
  domain(['shared/restore-label.ts'], 'node:crypto$'),
  {
    // The domain is pure: the same input gives the same output on every machine, at every hour.
    files: ['shared/*.ts'],
    rules: {
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
];
