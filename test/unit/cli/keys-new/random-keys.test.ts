import { mkdirSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { expect, it, vi } from 'vitest';
import { makeRandomKeys } from '../../../../cli/keys-new/random-keys.ts';
import type { CommandContext } from '../../../../cli/command-context.ts';
import type { KeysNewOptions } from '../../../../cli/keys-new/options.ts';
import { tempFolder } from '../migrate/web3signer/temp-folder.ts';

vi.setConfig({ testTimeout: 120_000 });

// Keys that go into a folder need nothing of the settings.
const NO_CONTEXT = {} as CommandContext;

function options(
  count: number,
  password = 'correct horse battery',
): { readonly options: KeysNewOptions; readonly out: string } {
  const { at, write } = tempFolder();
  const passwordFile = write('password.txt', password);
  const out = at('keys');
  mkdirSync(out);
  return { options: { count: String(count), kdf: 'pbkdf2', random: true, out, passwordFile }, out };
}

it('the first that cannot be made ends the making and is told of', async () => {
  // Nothing of it is left after normalisation.
  const { options: wanted, out } = options(100, '\u0001\u0002');
  await expect(makeRandomKeys(wanted, NO_CONTEXT)).rejects.toMatchObject({ code: 'KEYSTORE_BAD_PASSWORD' });
  expect(readdirSync(out)).toEqual([]);
});

it('as many keys are made as were asked for, each another and in a file of its own', async () => {
  const count = 2 * availableParallelism() + 1;
  const { options: wanted, out } = options(count);
  const pubkeys = await makeRandomKeys(wanted, NO_CONTEXT);
  expect(new Set(pubkeys).size).toBe(count);
  expect(readdirSync(out).sort()).toEqual(pubkeys.map((pubkey) => `keystore-${pubkey}.json`).sort());
});
