import type { Root } from '../../core/units.ts';
import { parseDepositAmount } from '../../key-life/deposit/amount.ts';
import {
  addressCredentials,
  blsCredentials,
  parseWithdrawalAddress,
  type CredentialsKind,
} from '../../key-life/deposit/withdrawal-credentials.ts';
import type { KeyTree } from '../../key-life/derivation/key-tree.ts';
import { pubkeyOf } from '../../signer/keystore/bls-keys.ts';
import { cliError } from '../cli-errors.ts';
import type { KeysNewOptions } from './options.ts';

/** What deposits are wanted of new keys. */
export interface DepositPlan {
  readonly amountGwei: bigint;
  /** Of the key with an index. */
  credentialsOf(tree: KeyTree, index: number): Root;
}

/**
 * Null when the options want no deposits: keys alone can be made of a mnemonic at any time.
 * @throws BAD_ARGUMENT, WITHDRAWAL_ADDRESS_INVALID, DEPOSIT_AMOUNT_INVALID
 */
export function depositPlan(options: KeysNewOptions): DepositPlan | null {
  const { withdrawalAddress, compounding, blsWithdrawal, amount } = options;
  if (withdrawalAddress === undefined) {
    if (compounding === true) throw cliError('BAD_ARGUMENT', '--compounding needs --withdrawal-address');
    if (blsWithdrawal !== true) {
      if (amount !== undefined) throw cliError('BAD_ARGUMENT', '--amount needs --withdrawal-address');
      return null;
    }
    return {
      amountGwei: parseDepositAmount(amount ?? '32', 'bls'),
      credentialsOf: (tree, index) => blsCredentials(pubkeyOf(tree.validatorKey(index, 'withdrawal'))),
    };
  }
  if (blsWithdrawal === true) {
    throw cliError('BAD_ARGUMENT', '--bls-withdrawal and --withdrawal-address exclude each other');
  }
  const kind: Exclude<CredentialsKind, 'bls'> = compounding === true ? 'compounding' : 'execution';
  const credentials = addressCredentials(
    kind,
    parseWithdrawalAddress(withdrawalAddress, '--withdrawal-address'),
  );
  return { amountGwei: parseDepositAmount(amount ?? '32', kind), credentialsOf: () => credentials };
}
