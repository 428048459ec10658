import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/**
 * The dependency direction of docs/architecture.md, as a lint rule: each room lists the rooms it must not import.
 * core <- slashing-db <- signer <- key-life; core <- beacon <- {signer, monitor}; cli may import all.
 */
const FORBIDDEN_ROOMS = {
  'core': ['slashing-db', 'signer', 'beacon', 'monitor', 'devnet', 'key-life', 'cli', 'bench', 'test'],
  'slashing-db': ['signer', 'beacon', 'monitor', 'devnet', 'key-life', 'cli', 'bench', 'test'],
  'beacon': ['slashing-db', 'signer', 'monitor', 'devnet', 'key-life', 'cli', 'bench', 'test'],
  'signer': ['monitor', 'devnet', 'key-life', 'cli', 'bench', 'test'],
  'monitor': ['signer', 'slashing-db', 'devnet', 'key-life', 'cli', 'bench', 'test'],
  'devnet': ['signer', 'slashing-db', 'monitor', 'key-life', 'cli', 'bench', 'test'],
  'key-life': ['slashing-db', 'beacon', 'monitor', 'devnet', 'cli', 'bench', 'test'],
  'cli': ['bench', 'test'],
  'bench': ['test'],
};

export const roomRules = Object.entries(FORBIDDEN_ROOMS).map(([room, forbidden]) => ({
  files: [`${room}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: forbidden.map((other) => `**/${other}/**`),
            message: `${room}/ must not import from there: see the dependency direction in docs/architecture.md`,
          },
        ],
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ['node_modules', 'dist', 'dist-packages', 'test-results'] },
  js.configs.recommended,
  {
    files: ['**/*.js'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
      },
    },
  },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreVoidReturningFunctions: true, ignoreArrowShorthand: true },
      ],
      '@typescript-eslint/no-invalid-void-type': 'off',
      'eqeqeq': 'error',
      'no-restricted-globals': [
        'error',
        { name: 'parseInt', message: 'Wire integers go through core/uint64.ts; parseInt("12abc") is 12.' },
        { name: 'parseFloat', message: 'No floats on the wire.' },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
    },
  },
  ...roomRules,
);
