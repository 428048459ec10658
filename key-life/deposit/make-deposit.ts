import type { SecretKey } from '@chainsafe/blst';
import { DOMAIN_DEPOSIT } from '@lodestar/params';
import { ssz } from '@lodestar/types';
import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import { computeDomain, computeSigningRoot } from '../../core/chain/signing-root.ts';
import { bytesOf, pubkeyFromBytes, ZERO_ROOT, type Root } from '../../core/units.ts';
import { pubkeyOf } from '../../signer/keystore/bls-keys.ts';
import { genesisForkVersion } from '../../signer/messages/resolve-domain.ts';
import type { DepositEntry } from './deposit-file.ts';

/**
 * The format that the launchpad checks for is that of the deposit tool, which puts its own version into every entry;
 * the launchpad turns away what is older than it knows. This is the version whose format the entries have.
 */
const DEPOSIT_CLI_VERSION = '2.7.0';

export interface DepositWish {
  readonly secretKey: SecretKey;
  readonly withdrawalCredentials: Root;
  readonly amountGwei: bigint;
}

/**
 * A signed deposit, by the same SSZ types and domain as the signer's DEPOSIT messages. It needs no chain: its domain
 * has the genesis fork version and no genesis validators root.
 */
export function makeDeposit(
  { secretKey, withdrawalCredentials, amountGwei }: DepositWish,
  spec: ChainSpec,
): DepositEntry {
  const pubkey = pubkeyOf(secretKey);
  const message = {
    pubkey: bytesOf(pubkey),
    withdrawalCredentials: bytesOf(withdrawalCredentials),
    amount: Number(amountGwei),
  };
  const messageRoot = ssz.phase0.DepositMessage.hashTreeRoot(message);
  const forkVersion = genesisForkVersion(spec);
  const signingRoot = computeSigningRoot(messageRoot, computeDomain(DOMAIN_DEPOSIT, forkVersion, ZERO_ROOT));
  const signature = secretKey.sign(bytesOf(signingRoot)).toBytes();
  return {
    pubkey: pubkeyFromBytes(message.pubkey).slice(2),
    withdrawal_credentials: withdrawalCredentials.slice(2),
    amount: message.amount,
    signature: hex(signature),
    deposit_message_root: hex(messageRoot),
    deposit_data_root: hex(ssz.phase0.DepositData.hashTreeRoot({ ...message, signature })),
    fork_version: hex(forkVersion),
    network_name: spec.name,
    deposit_cli_version: DEPOSIT_CLI_VERSION,
  };
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
