import { ssz, type altair, type electra } from '@lodestar/types';
import { signingRootAt, type ChainContext } from '../chain/context.ts';
import { ensure } from '../chain/invalid.ts';
import { epochAt } from '../chain/rules.ts';
import { DOMAINS } from '../chain/seeds.ts';
import type { BeaconState } from '../chain/state.ts';

/** The selection proof and the outer signature of an aggregate. @throws InvalidMessage */
export function verifyAggregator(
  context: ChainContext,
  state: BeaconState,
  { message, signature }: electra.SignedAggregateAndProof,
): void {
  const { slot } = message.aggregate.data;
  const epoch = epochAt(context.rules, slot);
  const signs = verifierOf(context, state, message.aggregatorIndex, epoch);
  const slotRoot = ssz.Slot.hashTreeRoot(slot);
  ensure(
    signs(DOMAINS.selectionProof, slotRoot, message.selectionProof),
    'the selection proof is not the aggregator’s',
  );
  const root = ssz.electra.AggregateAndProof.hashTreeRoot(message);
  ensure(
    signs(DOMAINS.aggregateAndProof, root, signature),
    'the aggregate and proof is not signed by its aggregator',
  );
}

/** As {@link verifyAggregator}, of a sync committee contribution. @throws InvalidMessage */
export function verifyContributor(
  context: ChainContext,
  state: BeaconState,
  { message, signature }: altair.SignedContributionAndProof,
): void {
  const { slot, subcommitteeIndex } = message.contribution;
  const signs = verifierOf(context, state, message.aggregatorIndex, epochAt(context.rules, slot));
  const selection = ssz.altair.SyncAggregatorSelectionData.hashTreeRoot({ slot, subcommitteeIndex });
  ensure(
    signs(DOMAINS.syncCommitteeSelectionProof, selection, message.selectionProof),
    'the selection proof is not the aggregator’s',
  );
  const root = ssz.altair.ContributionAndProof.hashTreeRoot(message);
  ensure(
    signs(DOMAINS.contributionAndProof, root, signature),
    'the contribution and proof is not signed by its aggregator',
  );
}

function verifierOf(context: ChainContext, state: BeaconState, aggregator: number, epoch: number) {
  const validator = state.validators[aggregator];
  ensure(validator !== undefined, `no validator ${aggregator}`);
  return (domain: Uint8Array, objectRoot: Uint8Array, signature: Uint8Array): boolean =>
    context.signatures.verify(
      signingRootAt(context, domain, epoch, objectRoot),
      [validator.pubkey],
      signature,
    );
}
