import { parseUint64 } from '../../core/uint64.ts';
import { MAX_INDEX } from '../../key-life/derivation/key-path.ts';
import { cliError } from '../cli-errors.ts';
import { namesMnemonic, type MnemonicOptions } from '../prompt/mnemonic-source.ts';
import { Terminal } from '../prompt/terminal.ts';

export interface KeysNewOptions extends MnemonicOptions {
  readonly count: string;
  readonly passwordFile?: string;
  readonly kdf: 'scrypt' | 'pbkdf2';
  readonly out?: string;
  readonly random?: true;
  readonly mnemonicOut?: string;
  readonly startIndex?: string;
  readonly withdrawalAddress?: string;
  readonly compounding?: true;
  readonly blsWithdrawal?: true;
  readonly amount?: string;
  readonly yes?: true;
}

/** Enough for anybody in one run; more is a slip of the finger. */
const MAX_COUNT = 10_000n;

export type KeyOrigin = 'random' | 'new-mnemonic' | 'old-mnemonic';

/**
 * Where the keys come from: a new mnemonic unless another source is named. Without a terminal there is nobody to show one
 * to, and keys that no paper can bring back are made only for who says so.
 * @throws BAD_ARGUMENT, TERMINAL_NEEDED
 */
export function originOf(options: KeysNewOptions): KeyOrigin {
  const { random, mnemonicOut, startIndex } = options;
  const ofMnemonic = ofMnemonicOnly(options);
  if (random === true && ofMnemonic !== undefined) {
    throw cliError('BAD_ARGUMENT', `random keys have no mnemonic: ${ofMnemonic} has no place there`);
  }
  if (namesMnemonic(options)) {
    if (mnemonicOut !== undefined) throw cliError('BAD_ARGUMENT', '--mnemonic-out is for a new mnemonic');
    // Silently from 0, keys that already sign elsewhere would be made once more.
    if (startIndex === undefined) {
      throw cliError('BAD_ARGUMENT', 'say --start-index N: how many keys were made of this mnemonic before');
    }
    return 'old-mnemonic';
  }
  if (mnemonicOut !== undefined) return 'new-mnemonic';
  if (random === true) return 'random';
  if (Terminal.available) return 'new-mnemonic';
  if (ofMnemonic !== undefined)
    throw cliError('TERMINAL_NEEDED', `${ofMnemonic} is about a mnemonic, which has to be shown`);
  throw cliError(
    'TERMINAL_NEEDED',
    'there is no terminal to show a mnemonic on: say --mnemonic-out or --mnemonic-file, or --random for keys without one',
  );
}

/** A flag that is about a mnemonic. */
function ofMnemonicOnly(options: KeysNewOptions): string | undefined {
  const flags: Readonly<Record<string, unknown>> = {
    '--mnemonic-prompt': options.mnemonicPrompt,
    '--mnemonic-file': options.mnemonicFile,
    '--mnemonic-out': options.mnemonicOut,
    '--mnemonic-passphrase-file': options.mnemonicPassphraseFile,
    '--language': options.language,
    '--start-index': options.startIndex,
    '--withdrawal-address': options.withdrawalAddress,
    '--compounding': options.compounding,
    '--bls-withdrawal': options.blsWithdrawal,
    '--amount': options.amount,
  };
  return Object.keys(flags).find((name) => flags[name] !== undefined);
}

export function countOf({ count: text }: KeysNewOptions): number {
  const count = parseUint64(text, '--count');
  if (count < 1n || count > MAX_COUNT)
    throw cliError('BAD_ARGUMENT', `--count must be 1 to ${MAX_COUNT.toString()}`);
  return Number(count);
}

/** The indices of the keys that are wanted. @throws BAD_ARGUMENT */
export function indicesOf(options: KeysNewOptions): number[] {
  const start = parseUint64(options.startIndex ?? '0', '--start-index');
  const count = countOf(options);
  if (start + BigInt(count) - 1n > BigInt(MAX_INDEX)) {
    throw cliError('BAD_ARGUMENT', `the last index must not be above ${MAX_INDEX}`);
  }
  return Array.from({ length: count }, (_, at) => Number(start) + at);
}
