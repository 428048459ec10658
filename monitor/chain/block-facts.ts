import type { SignedBeaconBlock } from '@lodestar/types';
import type { BlockAnswer } from '../../beacon/index.ts';
import { toHex } from '../../core/hex.ts';
import { epoch, rootFromBytes } from '../../core/units.ts';
import type { BlockFacts, ExecutionFacts, Withdrawal } from '../model/block-facts.ts';
import { includedAttestations, oneBytePerBit } from './attestation-facts.ts';
import { depositsOf, requestsOf, slashingsOf } from './operation-facts.ts';

export type BlockBody = SignedBeaconBlock['message']['body'];

/**
 * What the monitor needs of a block of any fork. What a fork brought is looked for by its field and not by the fork's
 * name, so a fork that changes nothing here needs nothing here. A block of Gloas has its payload elsewhere (EIP-7732):
 * its execution facts and withdrawals stay empty, and its requests are those of the payload before.
 */
export function blockFacts({ slot, root, signedBlock }: BlockAnswer): BlockFacts {
  const { message } = signedBlock;
  const body: BlockBody = message.body;
  return {
    slot,
    root,
    parentRoot: rootFromBytes(message.parentRoot),
    stateRoot: rootFromBytes(message.stateRoot),
    proposerIndex: message.proposerIndex,
    signature: toHex(signedBlock.signature),
    graffiti: toHex(body.graffiti),
    attestations: includedAttestations(body),
    syncBits: 'syncAggregate' in body ? oneBytePerBit(body.syncAggregate.syncCommitteeBits) : null,
    execution: executionOf(body),
    withdrawals: withdrawalsOf(body),
    slashings: slashingsOf(body),
    exits: body.voluntaryExits.map((exit) => ({
      validatorIndex: exit.message.validatorIndex,
      epoch: epoch(BigInt(exit.message.epoch)),
    })),
    credentialChanges:
      'blsToExecutionChanges' in body
        ? body.blsToExecutionChanges.map((change) => ({
            validatorIndex: change.message.validatorIndex,
            address: toHex(change.message.toExecutionAddress),
          }))
        : [],
    deposits: depositsOf(body),
    ...requestsOf(body),
  };
}

function executionOf(body: BlockBody): ExecutionFacts | null {
  if (!('executionPayload' in body)) return null;
  const payload = body.executionPayload;
  // Between Bellatrix and the merge blocks had a payload of zeros.
  if (payload.blockHash.every((byte) => byte === 0)) return null;
  const last = payload.transactions.at(-1);
  return {
    blockNumber: BigInt(payload.blockNumber),
    blockHash: rootFromBytes(payload.blockHash),
    feeRecipient: toHex(payload.feeRecipient),
    transactions: payload.transactions.length,
    lastTransaction: last === undefined ? null : toHex(last),
  };
}

function withdrawalsOf(body: BlockBody): Withdrawal[] {
  if (!('executionPayload' in body) || !('withdrawals' in body.executionPayload)) return [];
  return body.executionPayload.withdrawals.map(({ validatorIndex, address, amount }) => ({
    validatorIndex,
    address: toHex(address),
    amountGwei: amount,
  }));
}
