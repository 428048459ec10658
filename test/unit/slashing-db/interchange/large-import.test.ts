import { expect, it } from 'vitest';
import { KEY_A } from '../../../support/slashing-fixtures.ts';
import { openTestGuard, tempDatabase } from '../../../support/temp-guard.ts';
import { runChild } from './run-child.ts';

it('a file larger than memory should hold streams through in bounded memory', async () => {
  const path = tempDatabase();
  // Without a ceiling V8 collects lazily, and the growth would say more about it than about the import.
  const ceiling = ['--max-old-space-size=64', '--max-semi-space-size=4'];
  const { message } = await runChild('import-large-file.ts', [path, '150'], ceiling);
  const { grownMegabytes, attestations } = message as { grownMegabytes: number; attestations: number };
  expect(attestations).toBeGreaterThan(1_000_000);
  expect(grownMegabytes).toBeLessThan(100);
  expect(openTestGuard(path).statusOf(KEY_A).attestation?.target).toBe(BigInt(attestations));
});
