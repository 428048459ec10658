import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { Pubkey } from '../../../../core/units.ts';
import { runVigil } from '../../../support/run-vigil.ts';
import { tempFolder } from '../migrate/web3signer/temp-folder.ts';

// Each run is a process of its own.
vi.setConfig({ testTimeout: 240_000 });

const WORDS = 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about';

function place() {
  const { at, write } = tempFolder();
  const dataDir = at('data');
  mkdirSync(dataDir);
  const mnemonic = write('mnemonic', `${WORDS}\n`);
  const keys = (verb: string, ...args: string[]) =>
    runVigil(['keys', verb, '--data-dir', dataDir, '--network', 'hoodi', '--json', ...args]);
  const make = (...more: string[]) => keys('new', '--kdf', 'pbkdf2', '--key-cache', 'off', ...more);
  const ofMnemonic = (start: number, count: number, ...more: string[]) =>
    make('--mnemonic-file', mnemonic, '--start-index', `${start}`, '--count', `${count}`, ...more);
  const keystores = (): string[] => readdirSync(join(dataDir, 'keys')).sort();
  const states = async () =>
    (JSON.parse((await keys('list')).stdout) as { pubkey: Pubkey; state: string }[]).map(
      ({ pubkey, state }) => [pubkey, state],
    );
  return { keys, make, ofMnemonic, keystores, states };
}

test('keys of a mnemonic that were deleted here come back only for who says so', async () => {
  const { keys, make, ofMnemonic, keystores, states } = place();
  const { pubkeys } = JSON.parse((await ofMnemonic(0, 2)).stdout) as { pubkeys: [Pubkey, Pubkey] };
  const [kept, gone] = pubkeys;
  expect((await keys('remove', gone, '--yes')).code).toBe(0);
  const before = keystores();
  expect(before).toEqual([`${kept}.json`]);

  const refused = await ofMnemonic(0, 3);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('1 of these 3 keys were deleted here before');
  expect(refused.stderr).toContain(`${gone}  m/12381/3600/1/0/0`);
  expect(refused.stderr).not.toContain(kept);
  expect(refused.stderr).toContain('CONFIRMATION_NEEDED');
  // Neither the deleted one nor those beside it.
  expect(keystores()).toEqual(before);
  expect(Object.fromEntries(await states())).toEqual({ [kept]: 'active', [gone]: 'deleted' });

  // What was not deleted needs no word.
  expect((await ofMnemonic(2, 1)).code).toBe(0);
  expect((await make('--random')).code).toBe(0);
  expect((await ofMnemonic(0, 3, '--yes')).code).toBe(0);
  expect(Object.fromEntries(await states())).toMatchObject({ [kept]: 'active', [gone]: 'active' });
});
