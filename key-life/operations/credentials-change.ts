import { DOMAIN_BLS_TO_EXECUTION_CHANGE } from '@lodestar/params';
import { ssz } from '@lodestar/types';
import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import { signatureHolds } from '../../core/chain/signature-holds.ts';
import { computeDomain, computeSigningRoot } from '../../core/chain/signing-root.ts';
import { toHex } from '../../core/hex.ts';
import { bytesOf, parsePubkey, type Root } from '../../core/units.ts';
import { pubkeyOf } from '../../signer/keystore/bls-keys.ts';
import { genesisForkVersion } from '../../signer/messages/resolve-domain.ts';
import { blsCredentials } from '../deposit/withdrawal-credentials.ts';
import type { KeyTree } from '../derivation/key-tree.ts';
import type { SignedChange } from './operations-file.ts';

/**
 * The indices of the withdrawal keys that given credentials name; what is not found is not in the map.
 * @param indices where to look
 */
export function findWithdrawalKeys(
  tree: KeyTree,
  credentials: ReadonlySet<Root>,
  indices: Iterable<number>,
): Map<Root, number> {
  const found = new Map<Root, number>();
  for (const index of indices) {
    if (found.size === credentials.size) break;
    const named = blsCredentials(pubkeyOf(tree.validatorKey(index, 'withdrawal')));
    if (credentials.has(named)) found.set(named, index);
  }
  return found;
}

/**
 * Signs the one change that BLS credentials can ever have, with the withdrawal key; its signing root has the genesis fork
 * version and so outlives every fork.
 * @param keyIndex of the withdrawal key in the tree
 * @param address 20 bytes
 */
export function signCredentialsChange(
  validatorIndex: bigint,
  address: Uint8Array,
  { tree, keyIndex }: { readonly tree: KeyTree; readonly keyIndex: number },
  spec: ChainSpec,
): SignedChange {
  const secretKey = tree.validatorKey(keyIndex, 'withdrawal');
  const message = {
    validator_index: validatorIndex.toString(),
    from_bls_pubkey: pubkeyOf(secretKey),
    to_execution_address: toHex(address),
  };
  return { message, signature: secretKey.sign(bytesOf(changeSigningRoot(message, spec))).toHex() };
}

/** Whether a change is signed by the key that it says it is from. */
export const changeSignatureHolds = ({ message, signature }: SignedChange, spec: ChainSpec): boolean =>
  signatureHolds(
    changeSigningRoot(message, spec),
    parsePubkey(message.from_bls_pubkey, 'from_bls_pubkey'),
    signature,
  );

export function changeSigningRoot(message: SignedChange['message'], spec: ChainSpec): Root {
  const type = ssz.capella.BLSToExecutionChange;
  const domain = computeDomain(
    DOMAIN_BLS_TO_EXECUTION_CHANGE,
    genesisForkVersion(spec),
    spec.genesisValidatorsRoot,
  );
  return computeSigningRoot(type.hashTreeRoot(type.fromJson(message)), domain);
}
