import { toHex } from '../../core/hex.ts';
import { pubkeyFromBytes } from '../../core/units.ts';
import type { BlockFacts, SlashingFacts } from '../model/block-facts.ts';
import type { BlockBody } from './block-facts.ts';

/** Who both kinds of slashings are about. Of an attester slashing that is who signed both votes. */
export function slashingsOf(body: BlockBody): SlashingFacts[] {
  const proposers = body.proposerSlashings.map(({ signedHeader1 }): SlashingFacts => ({
    kind: 'proposer',
    validatorIndices: [signedHeader1.message.proposerIndex],
  }));
  const attesters = body.attesterSlashings.map(({ attestation1, attestation2 }): SlashingFacts => {
    const second = new Set(attestation2.attestingIndices);
    return {
      kind: 'attester',
      validatorIndices: attestation1.attestingIndices.filter((index) => second.has(index)),
    };
  });
  return [...proposers, ...attesters];
}

type Requests = Pick<BlockFacts, 'withdrawalRequests' | 'consolidationRequests'>;

/** Both ways in: while Electra is young, the deposit contract's old log and the requests of EIP-6110 are used up side by side. */
export function depositsOf(body: BlockBody): BlockFacts['deposits'] {
  const requests = executionRequests(body)?.deposits ?? [];
  return [...body.deposits.map(({ data }) => data), ...requests].map((deposit) => ({
    pubkey: pubkeyFromBytes(deposit.pubkey),
    withdrawalCredentials: toHex(deposit.withdrawalCredentials),
    amountGwei: BigInt(deposit.amount),
  }));
}

export function requestsOf(body: BlockBody): Requests {
  const requests = executionRequests(body);
  return {
    withdrawalRequests: (requests?.withdrawals ?? []).map((request) => ({
      sourceAddress: toHex(request.sourceAddress),
      pubkey: pubkeyFromBytes(request.validatorPubkey),
      amountGwei: request.amount,
    })),
    consolidationRequests: (requests?.consolidations ?? []).map((request) => ({
      sourceAddress: toHex(request.sourceAddress),
      source: pubkeyFromBytes(request.sourcePubkey),
      target: pubkeyFromBytes(request.targetPubkey),
    })),
  };
}

function executionRequests(body: BlockBody) {
  if ('executionRequests' in body) return body.executionRequests;
  return 'parentExecutionRequests' in body ? body.parentExecutionRequests : null;
}
