import type { Command } from 'commander';
import { parseLanguage, type Language } from '../../key-life/mnemonic/languages.ts';
import type { Mnemonic } from '../../key-life/mnemonic/mnemonic.ts';
import { parseMnemonic } from '../../key-life/mnemonic/parse-mnemonic.ts';
import { KeyTree } from '../../key-life/derivation/key-tree.ts';
import { decodePassword } from '../../signer/keystore/password.ts';
import { readPrivateFile } from '../../signer/keystore/private-file.ts';
import { cliError } from '../cli-errors.ts';
import { Terminal } from './terminal.ts';

export interface MnemonicOptions {
  readonly mnemonicFile?: string;
  readonly mnemonicPrompt?: true;
  readonly mnemonicPassphraseFile?: string;
  readonly language?: string;
}

/** The flags of every verb that reads a mnemonic. None takes the words themselves: other users see command lines. */
export function withMnemonicOptions(command: Command): Command {
  return command
    .option('--mnemonic-prompt', 'ask for the mnemonic on the terminal')
    .option('--mnemonic-file <FILE>', 'read the mnemonic from a file with mode 0600')
    .option(
      '--mnemonic-passphrase-file <FILE>',
      'passphrase of BIP-39 ("25th word"), if there is one; mode 0600',
    )
    .option(
      '--language <NAME>',
      'word list of the mnemonic (default: english for a new one, else found out)',
    );
}

export const namesMnemonic = ({ mnemonicFile, mnemonicPrompt }: MnemonicOptions): boolean =>
  mnemonicFile !== undefined || mnemonicPrompt === true;

export const languageOf = ({ language }: MnemonicOptions): Language | undefined =>
  language === undefined ? undefined : parseLanguage(language);

/** The keys of the mnemonic that the options name. @throws MNEMONIC_INVALID, BAD_ARGUMENT, KEY_FILE_*, PROMPT_ABANDONED */
export async function keyTreeOf(options: MnemonicOptions): Promise<KeyTree> {
  return KeyTree.fromMnemonic(await readMnemonic(options), await passphraseOf(options));
}

/** @throws as {@link keyTreeOf} */
export async function passphraseOf({ mnemonicPassphraseFile: file }: MnemonicOptions): Promise<string> {
  if (file === undefined) return '';
  return decodePassword(await readPrivateFile(file), file).replace(/\r?\n$/, '');
}

async function readMnemonic(options: MnemonicOptions): Promise<Mnemonic> {
  const { mnemonicFile: file, mnemonicPrompt } = options;
  if ((file === undefined) === (mnemonicPrompt !== true)) {
    throw cliError('BAD_ARGUMENT', 'give --mnemonic-prompt or --mnemonic-file FILE');
  }
  const language = languageOf(options);
  if (file === undefined) return askMnemonic(language);
  const bytes = await readPrivateFile(file);
  try {
    return await parseMnemonic(decodePassword(bytes, file), language);
  } finally {
    bytes.fill(0);
  }
}

/** Shown while it is typed, on the screen that leaves nothing behind: 24 words cannot be typed blindly. */
const askMnemonic = (language: Language | undefined): Promise<Mnemonic> =>
  Terminal.with(async (terminal) => {
    terminal.beginPrivate();
    return parseMnemonic(
      await terminal.askPasted('Mnemonic, with spaces or line ends between the words:\n'),
      language,
    );
  });
