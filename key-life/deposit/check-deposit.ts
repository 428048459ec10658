import { createHash } from 'node:crypto';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import { toHex } from '../../core/hex.ts';
import { parseRoot } from '../../core/units.ts';
import { genesisForkVersion } from '../../signer/messages/resolve-domain.ts';
import { assertDepositAmount } from './amount.ts';
import type { DepositEntry } from './deposit-file.ts';
import { readCredentials } from './withdrawal-credentials.ts';

/**
 * Whether a deposit is what it says, worked out a second time: plain SHA-256 over the chunks of the specification and
 * another BLS library, nothing of what makes deposits here. An error that both have in common is unlikely; the chain
 * would take a deposit with a wrong signature and keep the money.
 * @returns what is wrong with it, nothing when it is right
 */
export function depositProblems(entry: DepositEntry, spec: ChainSpec): string[] {
  const problems: string[] = [];
  const forkVersion = genesisForkVersion(spec);
  const credentials = readCredentials(
    parseRoot(`0x${entry.withdrawal_credentials}`, 'withdrawal_credentials'),
  );
  if (credentials === null) problems.push('the withdrawal credentials are of no known kind');
  else {
    try {
      assertDepositAmount(BigInt(entry.amount), credentials.kind);
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  if (entry.fork_version !== toHex(forkVersion).slice(2)) {
    problems.push(
      `fork_version is ${entry.fork_version}, that of ${spec.name} is ${toHex(forkVersion).slice(2)}`,
    );
  }
  const messageRoot = depositMessageRoot(entry);
  if (entry.deposit_message_root !== messageRoot.toString('hex'))
    problems.push('deposit_message_root is wrong');
  if (entry.deposit_data_root !== depositDataRoot(entry).toString('hex')) {
    problems.push('deposit_data_root is wrong');
  }
  if (!signatureHolds(entry, messageRoot, forkVersion)) problems.push('the signature is wrong');
  return problems;
}

/** `hash_tree_root` of DepositMessage: pubkey (two chunks), withdrawal_credentials, amount. */
export function depositMessageRoot(entry: DepositEntry): Buffer {
  return sha256(
    sha256(pubkeyRoot(entry), bytes(entry.withdrawal_credentials)),
    sha256(amountChunk(entry), ZERO_CHUNK),
  );
}

/** `hash_tree_root` of DepositData: the three of the message and the signature (three chunks of four). */
export function depositDataRoot(entry: DepositEntry): Buffer {
  const signature = bytes(entry.signature);
  const signatureRoot = sha256(
    sha256(signature.subarray(0, 32), signature.subarray(32, 64)),
    sha256(signature.subarray(64, 96), ZERO_CHUNK),
  );
  return sha256(
    sha256(pubkeyRoot(entry), bytes(entry.withdrawal_credentials)),
    sha256(amountChunk(entry), signatureRoot),
  );
}

const ZERO_CHUNK = Buffer.alloc(32);
/** DOMAIN_DEPOSIT. */
const DOMAIN_TYPE = Buffer.from('03000000', 'hex');
/** The ciphersuite of the consensus specifications. */
const CIPHERSUITE = 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_';

function signatureHolds(entry: DepositEntry, messageRoot: Buffer, forkVersion: Uint8Array): boolean {
  const forkDataRoot = sha256(Buffer.concat([forkVersion, Buffer.alloc(28)]), ZERO_CHUNK);
  const signingRoot = sha256(messageRoot, Buffer.concat([DOMAIN_TYPE, forkDataRoot.subarray(0, 28)]));
  const bls = bls12_381.longSignatures;
  try {
    return bls.verify(bytes(entry.signature), bls.hash(signingRoot, CIPHERSUITE), bytes(entry.pubkey));
  } catch {
    // A signature or a pubkey that is no point of the curve.
    return false;
  }
}

const pubkeyRoot = ({ pubkey }: DepositEntry): Buffer =>
  sha256(bytes(pubkey).subarray(0, 32), Buffer.concat([bytes(pubkey).subarray(32), Buffer.alloc(16)]));

function amountChunk({ amount }: DepositEntry): Buffer {
  const chunk = Buffer.alloc(32);
  chunk.writeBigUInt64LE(BigInt(amount));
  return chunk;
}

const bytes = (digits: string): Buffer => Buffer.from(digits, 'hex');

const sha256 = (left: Uint8Array, right: Uint8Array): Buffer =>
  createHash('sha256').update(left).update(right).digest();
