import { toHex } from '../../../../core/hex.ts';
import { parsePubkey, parseRoot, slot, epoch } from '../../../../core/units.ts';
import type { BlockNode } from '../../../../devnet/simulation/block-tree.ts';
import type { BlockFacts } from '../../../../monitor/model/block-facts.ts';

const hex = (bytes: Uint8Array): string => toHex(bytes);
const root = (bytes: Uint8Array) => parseRoot(toHex(bytes), 'root');
const pubkey = (bytes: Uint8Array) => parsePubkey(toHex(bytes), 'pubkey');

/** What the ledger looks at in a block of the simulation; attestations are judged elsewhere and left out. */
export function blockFactsOf({ root: blockRoot, signed: { message, signature } }: BlockNode): BlockFacts {
  const { body } = message;
  const { executionRequests: requests, executionPayload: payload } = body;
  const bits = body.syncAggregate.syncCommitteeBits;
  return {
    slot: slot(BigInt(message.slot)),
    root: parseRoot(blockRoot, 'root'),
    parentRoot: root(message.parentRoot),
    stateRoot: root(message.stateRoot),
    proposerIndex: message.proposerIndex,
    signature: hex(signature),
    graffiti: hex(body.graffiti),
    attestations: [],
    syncBits: Uint8Array.from({ length: bits.bitLen }, (_, position) => (bits.get(position) ? 1 : 0)),
    execution: null,
    withdrawals: payload.withdrawals.map(({ validatorIndex, address, amount }) => ({
      validatorIndex,
      address: hex(address),
      amountGwei: amount,
    })),
    slashings: [
      ...body.proposerSlashings.map(({ signedHeader1 }) => ({
        kind: 'proposer' as const,
        validatorIndices: [signedHeader1.message.proposerIndex],
      })),
      ...body.attesterSlashings.map(({ attestation1, attestation2 }) => ({
        kind: 'attester' as const,
        validatorIndices: attestation1.attestingIndices.filter((index) =>
          attestation2.attestingIndices.includes(index),
        ),
      })),
    ],
    exits: body.voluntaryExits.map((exit) => ({
      validatorIndex: exit.message.validatorIndex,
      epoch: epoch(BigInt(exit.message.epoch)),
    })),
    credentialChanges: [],
    deposits: requests.deposits.map((deposit) => ({
      pubkey: pubkey(deposit.pubkey),
      withdrawalCredentials: hex(deposit.withdrawalCredentials),
      amountGwei: BigInt(deposit.amount),
    })),
    withdrawalRequests: requests.withdrawals.map((request) => ({
      sourceAddress: hex(request.sourceAddress),
      pubkey: pubkey(request.validatorPubkey),
      amountGwei: request.amount,
    })),
    consolidationRequests: requests.consolidations.map((request) => ({
      sourceAddress: hex(request.sourceAddress),
      source: pubkey(request.sourcePubkey),
      target: pubkey(request.targetPubkey),
    })),
  };
}
