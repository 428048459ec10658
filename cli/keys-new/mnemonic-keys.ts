import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { depositFileText, type DepositEntry } from '../../key-life/deposit/deposit-file.ts';
import { KeyTree } from '../../key-life/derivation/key-tree.ts';
import { KeystoreFolder } from '../../key-life/keystores/keystore-folder.ts';
import { mnemonicText, newMnemonic } from '../../key-life/mnemonic/mnemonic.ts';
import { pubkeyOf } from '../../signer/keystore/bls-keys.ts';
import { assertNotEmpty } from '../../signer/keystore/password.ts';
import { makePrivateFolder } from '../../signer/keystore/private-file.ts';
import { cliError } from '../cli-errors.ts';
import { chainSpecOf, type CommandContext } from '../command-context.ts';
import { confirmMnemonic } from '../prompt/confirm-mnemonic.ts';
import { askNewPassword } from '../prompt/ask-password.ts';
import { keyTreeOf, languageOf, passphraseOf } from '../prompt/mnemonic-source.ts';
import { Terminal } from '../prompt/terminal.ts';
import { readPasswordFile } from '../keys/read-password-file.ts';
import { requirePlaceForKeys } from '../database/require-database.ts';
import { withKeysCached } from '../keys/with-key-manager.ts';
import { assertWritable, writeOutFile } from '../output/write-out-file.ts';
import { confirmReturn } from './deleted-before.ts';
import { depositPlan, type DepositPlan } from './deposit-wish.ts';
import { confirmSecondDeposits } from './earlier-deposits.ts';
import { intoDataDirectory, intoFolder, type MadeKey, type Making } from './make-keystores.ts';
import { indicesOf, type KeyOrigin, type KeysNewOptions } from './options.ts';

export interface MadeKeys {
  readonly keys: readonly MadeKey[];
  /** Path of the file; null when no deposits were asked for. */
  readonly depositData: string | null;
}

/**
 * Keys of a mnemonic, old or new. All questions come first: until the last one is answered nothing is written.
 * @throws MNEMONIC_*, PROMPT_ABANDONED, CONFIRMATION_NEEDED, KEYS_UNFINISHED, BAD_ARGUMENT, KEYSTORE_*, KEY_FILE_*
 */
export async function makeMnemonicKeys(
  options: KeysNewOptions,
  origin: Exclude<KeyOrigin, 'random'>,
  context: CommandContext,
): Promise<MadeKeys> {
  const indices = indicesOf(options);
  const plan = depositPlan(options);
  const spec = plan === null ? null : await chainSpecOf(context);
  const folder = options.out === undefined ? null : await KeystoreFolder.open(options.out, Date.now());
  const place = options.out ?? context.settings['data-dir'];
  const password = await passwordFor(options);
  if (password !== null) assertNotEmpty(password);
  const ask = async (): Promise<Making> => {
    const tree = origin === 'old-mnemonic' ? await keyTreeOf(options) : await newKeyTree(options);
    // What a new mnemonic gives was never deposited for.
    if (plan !== null && origin === 'old-mnemonic') {
      const pubkeys = indices.map((index) => pubkeyOf(tree.validatorKey(index, 'signing')));
      await confirmSecondDeposits(place, pubkeys, options.yes === true);
    }
    return { tree, indices, kdf: options.kdf };
  };
  const { tree, keys } =
    folder === null
      ? await keepHere(context, ask, password, options.yes === true)
      : await ask().then(async (making) => ({
          tree: making.tree,
          keys: await intoFolder(folder, making, password ?? ''),
        }));
  if (plan === null || spec === null) return { keys, depositData: null };
  // The SSZ types may only be loaded now that the network is known.
  const { makeDeposit } = await import('../../key-life/deposit/make-deposit.ts');
  const entries = indices.map((index) =>
    makeDeposit({ ...wishOf(plan, tree, index), secretKey: tree.validatorKey(index, 'signing') }, spec),
  );
  return { keys, depositData: await writeDeposits(place, entries) };
}

/**
 * Into the data directory, which is taken possession of before there is a mnemonic: one that a signer uses must not
 * come out after the words were written down. Into one that is still empty nothing is put before the last answer.
 */
async function keepHere(
  context: CommandContext,
  ask: () => Promise<Making>,
  password: string | null,
  yes: boolean,
): Promise<{ readonly tree: KeyTree; readonly keys: MadeKey[] }> {
  const { empty } = requirePlaceForKeys(context.settings['data-dir']);
  const early = empty ? await ask() : null;
  return withKeysCached(context, async (keyManager, guard) => {
    const making = early ?? (await ask());
    await confirmReturn(guard, making, yes);
    return { tree: making.tree, keys: await intoDataDirectory(keyManager, making, password) };
  });
}

const wishOf = (plan: DepositPlan, tree: KeyTree, index: number) => ({
  withdrawalCredentials: plan.credentialsOf(tree, index),
  amountGwei: plan.amountGwei,
});

/** Null: a random one for each, which only the data directory can keep. */
async function passwordFor({ passwordFile, out }: KeysNewOptions): Promise<string | null> {
  if (passwordFile !== undefined) return readPasswordFile(passwordFile);
  if (out === undefined) return null;
  if (Terminal.available) return Terminal.with(askNewPassword);
  throw cliError('BAD_ARGUMENT', '--out needs --password-file: a random password would be lost');
}

/** It is shown and typed again; or written to the file that was asked for, and then nobody need see it. */
async function newKeyTree(options: KeysNewOptions): Promise<KeyTree> {
  const { mnemonicOut: file } = options;
  if (file !== undefined) assertWritable(file);
  const passphrase = await passphraseOf(options);
  const mnemonic = await newMnemonic(languageOf(options) ?? 'english');
  if (file === undefined) await Terminal.with((terminal) => confirmMnemonic(terminal, mnemonic));
  else writeOutFile(file, `${mnemonicText(mnemonic)}\n`);
  return KeyTree.fromMnemonic(mnemonic, passphrase);
}

async function writeDeposits(folder: string, entries: readonly DepositEntry[]): Promise<string> {
  await makePrivateFolder(folder);
  const seconds = Math.floor(Date.now() / 1000);
  let path = join(folder, `deposit_data-${seconds}.json`);
  for (let other = 1; existsSync(path); other += 1)
    path = join(folder, `deposit_data-${seconds}-${other}.json`);
  writeOutFile(path, depositFileText(entries));
  return path;
}
