import { expect, it, onTestFinished, vi } from 'vitest';
import { intoDataDirectory } from '../../../../cli/keys-new/make-keystores.ts';
import { KeyTree } from '../../../../key-life/derivation/key-tree.ts';
import { newMnemonic } from '../../../../key-life/mnemonic/mnemonic.ts';
import { derivationRoom } from '../../../../signer/keystore/derivation-room.ts';
import { startSignerFixture } from '../../../support/signer-fixture.ts';

vi.setConfig({ testTimeout: 120_000 });

it('keys of a mnemonic that are here already cost no derivation, the others are made', async () => {
  const { keyManager } = await startSignerFixture({ keys: 0 });
  const tree = await KeyTree.fromMnemonic(await newMnemonic('english'), '');
  const make = (...indices: number[]) =>
    intoDataDirectory(keyManager, { tree, indices, kdf: 'scrypt' }, null);
  expect((await make(0, 1)).map(({ status }) => status)).toEqual(['made', 'made']);
  const derived = vi.spyOn(derivationRoom, 'take');
  onTestFinished(() => derived.mockRestore());
  expect((await make(0, 1)).map(({ status }) => status)).toEqual(['there already', 'there already']);
  expect(derived).not.toHaveBeenCalled();
  expect((await make(1, 2)).map(({ status }) => status)).toEqual(['there already', 'made']);
});
