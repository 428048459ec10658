import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTestCase } from './run-test-case.ts';
import { parseTestCase } from './test-case.ts';

/**
 * `npm run test:interchange -- DIR`: plays every test file of the EIP-3076 suite below DIR, for example a checkout
 * of https://github.com/eth-clients/slashing-protection-interchange-tests (its folder tests/generated).
 */

const [directory] = process.argv.slice(2);
if (directory === undefined) {
  console.error('usage: npm run test:interchange -- DIR');
  process.exit(2);
}

const files = testFilesBelow(directory);
let failed = 0;
for (const name of files) {
  const failure = await failureOf(join(directory, name));
  if (failure !== null) failed += 1;
  console.log(failure === null ? `ok ${name}` : `FAIL ${name}: ${failure}`);
}
if (files.length === 0) console.error(`no test file (*.json) below ${directory}`);
console.log(`${files.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 || files.length === 0 ? 1 : 0;

function testFilesBelow(root: string): string[] {
  try {
    return readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.json'))
      .sort();
  } catch (error) {
    console.error((error as Error).message);
    return [];
  }
}

async function failureOf(path: string): Promise<string | null> {
  try {
    const failure = await runTestCase(parseTestCase(readFileSync(path, 'utf8')));
    if (failure === null) return null;
    return `step ${failure.step}, ${failure.what}, expected ${failure.expected}, got ${failure.got}`;
  } catch (error) {
    return `not a usable test file: ${(error as Error).message}`;
  }
}
