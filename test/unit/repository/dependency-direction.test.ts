import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { expect, test } from 'vitest';
import { roomRules } from '../../../eslint.config.js';

const eslint = new ESLint({
  overrideConfigFile: true,
  overrideConfig: [
    { files: ['**/*.ts'], languageOptions: { parser: tseslint.parser } },
    ...roomRules,
  ] as never,
});

const problems = async (file: string, imported: string) =>
  (await eslint.lintText(`import { x } from '${imported}';\nexport const y = x;\n`, { filePath: file }))[0]!
    .messages;

test.each([
  ['core/probe.ts', '../slashing-db/index.ts'],
  ['core/chain/probe.ts', '../../signer/errors.ts'],
  ['slashing-db/probe.ts', '../signer/errors.ts'],
  ['slashing-db/rules/probe.ts', '../../cli/output/output.ts'],
  ['signer/probe.ts', '../cli/output/output.ts'],
  ['signer/http/probe.ts', '../../monitor/index.ts'],
  ['monitor/probe.ts', '../signer/health.ts'],
  ['beacon/probe.ts', '../slashing-db/index.ts'],
  ['signer/probe.ts', '../key-life/derivation/key-tree.ts'],
  ['key-life/probe.ts', '../beacon/index.ts'],
  ['cli/probe.ts', '../test/support/x.ts'],
])('%s must not import %s', async (file, imported) => {
  expect(await problems(file, imported)).toEqual([
    expect.objectContaining({ ruleId: 'no-restricted-imports' }),
  ]);
});

test.each([
  ['slashing-db/probe.ts', '../core/hex.ts'],
  ['signer/probe.ts', '../slashing-db/index.ts'],
  ['signer/probe.ts', '../beacon/beacon-node.ts'],
  ['key-life/probe.ts', '../signer/keystore/bls-keys.ts'],
  ['cli/probe.ts', '../signer/health.ts'],
])('%s may import %s', async (file, imported) => {
  expect(await problems(file, imported)).toEqual([]);
});
