import { fork } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { block, key, KEY_A } from '../../../support/slashing-fixtures.ts';
import { exportOf, openTestGuard, tempDatabase, verdict } from '../../../support/temp-guard.ts';

/** Runs a child process of this folder to its end. */
async function child(
  file: string,
  args: string[],
  execArgv: string[] = [],
): Promise<{ message: unknown; signal: NodeJS.Signals | null }> {
  const process = fork(join(import.meta.dirname, file), args, { execArgv });
  let message: unknown = null;
  process.on('message', (sent) => (message = sent));
  const signal = await new Promise<NodeJS.Signals | null>((resolve) =>
    process.once('exit', (_code, by) => resolve(by)),
  );
  return { message, signal };
}

describe('a process killed during an import', () => {
  it.each([
    ['while reading', false],
    ['in the transaction', false],
    ['after the commit', true],
  ])('%s leaves all of the file or nothing', async (when, imported) => {
    const path = tempDatabase();
    const guard = openTestGuard(path);
    await guard.admitKey(KEY_A, false);
    await verdict(guard, KEY_A, block(7));
    const before = exportOf(guard);
    await guard.close();

    expect((await child('import-and-die.ts', [path, when])).signal).toBe('SIGKILL');
    const again = openTestGuard(path);
    if (imported) {
      const slots = Array.from({ length: 40 }, (_, n) => again.statusOf(key(n + 1)).block?.slot);
      expect(slots).toEqual(Array.from({ length: 40 }, (_, n) => BigInt(500 + n)));
    } else {
      expect(exportOf(again)).toBe(before);
    }
  });
});

describe('a file larger than memory should hold', () => {
  it('streams through in bounded memory', async () => {
    const path = tempDatabase();
    // Without a ceiling V8 collects lazily, and the growth would say more about it than about the import.
    const ceiling = ['--max-old-space-size=64', '--max-semi-space-size=4'];
    const { message } = await child('import-large-file.ts', [path, '150'], ceiling);
    const { grownMegabytes, attestations } = message as { grownMegabytes: number; attestations: number };
    expect(attestations).toBeGreaterThan(1_000_000);
    expect(grownMegabytes).toBeLessThan(100);
    expect(openTestGuard(path).statusOf(KEY_A).attestation?.target).toBe(BigInt(attestations));
  });
});
