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
  const { aggregatorIndex, selectionProof, aggregate } = message;
  const { slot } = aggregate.data;
  verifyBoth(context, state, {
    aggregatorIndex,
    slot,
    selection: [DOMAINS.selectionProof, ssz.Slot.hashTreeRoot(slot), selectionProof],
    what: 'aggregate',
    outer: [DOMAINS.aggregateAndProof, ssz.electra.AggregateAndProof.hashTreeRoot(message), signature],
  });
}

/** As {@link verifyAggregator}, of a sync committee contribution. @throws InvalidMessage */
export function verifyContributor(
  context: ChainContext,
  state: BeaconState,
  { message, signature }: altair.SignedContributionAndProof,
): void {
  const { aggregatorIndex, selectionProof, contribution } = message;
  const { slot, subcommitteeIndex } = contribution;
  const selected = ssz.altair.SyncAggregatorSelectionData.hashTreeRoot({ slot, subcommitteeIndex });
  verifyBoth(context, state, {
    aggregatorIndex,
    slot,
    selection: [DOMAINS.syncCommitteeSelectionProof, selected, selectionProof],
    what: 'contribution',
    outer: [DOMAINS.contributionAndProof, ssz.altair.ContributionAndProof.hashTreeRoot(message), signature],
  });
}

/** Domain, root of the object, signature. */
type Signed = readonly [domain: Uint8Array, objectRoot: Uint8Array, signature: Uint8Array];

interface SignedByAggregator {
  readonly aggregatorIndex: number;
  readonly slot: number;
  readonly selection: Signed;
  readonly what: 'aggregate' | 'contribution';
  readonly outer: Signed;
}

function verifyBoth(
  context: ChainContext,
  state: BeaconState,
  { aggregatorIndex, slot, selection, what, outer }: SignedByAggregator,
): void {
  const validator = state.validators[aggregatorIndex];
  ensure(validator !== undefined, `no validator ${aggregatorIndex}`);
  const epoch = epochAt(context.rules, slot);
  const signs = ([domain, objectRoot, signature]: Signed): boolean =>
    context.signatures.verify(
      signingRootAt(context, domain, epoch, objectRoot),
      [validator.pubkey],
      signature,
    );
  ensure(signs(selection), 'the selection proof is not the aggregator’s');
  ensure(signs(outer), `the ${what} and proof is not signed by its aggregator`);
}
