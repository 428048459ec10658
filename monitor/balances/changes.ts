import type { ValidatorState } from '../../beacon/index.ts';
import { startSlotOfEpoch, type ChainSpec } from '../../core/chain/chain-spec.ts';
import type { Epoch, Pubkey, Slot } from '../../core/units.ts';
import type { Snapshot } from '../ledger/ledger-input.ts';
import type { BlockFacts } from '../model/block-facts.ts';
import type { ValidatorEvent } from '../model/validator-event.ts';
import { requestsInBlocks } from './requests.ts';

export interface ChangesInput {
  readonly spec: ChainSpec;
  readonly epoch: Epoch;
  /** After the last slot of the epoch before, and of this one. */
  readonly before: Snapshot;
  readonly after: Snapshot;
  /** The canonical blocks of the epoch; they tell in which slot something was asked for. */
  readonly blocks: readonly BlockFacts[];
}

/**
 * What happened to validators between two states besides what their duties earned: status, credentials, effective
 * balance, and what the blocks asked for them. Amounts that moved are told by the ledger. A slashing is told here only
 * when no block has it.
 */
export function validatorChanges(input: ChangesInput): ValidatorEvent[] {
  const events = requestsInBlocks(input);
  const slashedInBlocks = new Set(
    input.blocks.flatMap(({ slashings }) =>
      slashings.flatMap(({ validatorIndices }) => [...validatorIndices]),
    ),
  );
  for (const [validatorIndex, after] of input.after) {
    const before = input.before.get(validatorIndex);
    const at = (slot: Slot | null) => ({
      validatorIndex,
      epoch: input.epoch,
      // What no block did was done by the transition.
      slot: slot ?? startSlotOfEpoch(input.spec, input.epoch),
      amountGwei: null,
    });
    if (before?.status !== after.status)
      events.push({
        ...at(slotOfStatus(input.blocks, before, after)),
        kind: 'status',
        before: before?.status ?? null,
        after: after.status,
      });
    if (before === undefined) continue;
    if (before.withdrawalCredentials !== after.withdrawalCredentials)
      events.push({
        ...at(slotOfCredentials(input.blocks, after)),
        kind: 'credentials',
        before: before.withdrawalCredentials,
        after: after.withdrawalCredentials,
      });
    if (before.effectiveBalanceGwei !== after.effectiveBalanceGwei)
      events.push({
        ...at(null),
        kind: 'effective_balance',
        before: before.effectiveBalanceGwei.toString(),
        after: after.effectiveBalanceGwei.toString(),
      });
    if (!before.slashed && after.slashed && !slashedInBlocks.has(validatorIndex))
      events.push({ ...at(null), kind: 'slashed', before: null, after: null });
  }
  return events.sort((one, other) => Number(one.slot - other.slot));
}

/** The block that asked for it, where the new status is one that blocks bring about. */
function slotOfStatus(
  blocks: readonly BlockFacts[],
  before: ValidatorState | undefined,
  { index, pubkey, status }: ValidatorState,
): Slot | null {
  const validator = Number(index);
  if (before?.status === 'active_ongoing' && status === 'active_exiting')
    return slotOf(
      blocks,
      (block) =>
        block.exits.some(({ validatorIndex }) => validatorIndex === validator) ||
        block.withdrawalRequests.some((each) => each.pubkey === pubkey && each.amountGwei === 0n) ||
        block.consolidationRequests.some(({ source, target }) => source === pubkey && source !== target),
    );
  if (status === 'active_slashed' || status === 'exited_slashed')
    return slotOf(blocks, ({ slashings }) =>
      slashings.some(({ validatorIndices }) => validatorIndices.includes(validator)),
    );
  // Emptied by the sweep.
  if (status === 'withdrawal_done')
    return slotOf(blocks, ({ withdrawals }) =>
      withdrawals.some(({ validatorIndex }) => validatorIndex === validator),
    );
  return null;
}

function slotOfCredentials(
  blocks: readonly BlockFacts[],
  { index, pubkey }: { readonly index: bigint; readonly pubkey: Pubkey },
): Slot | null {
  return slotOf(
    blocks,
    (block) =>
      block.credentialChanges.some(({ validatorIndex }) => validatorIndex === Number(index)) ||
      block.consolidationRequests.some(({ source, target }) => source === pubkey && target === pubkey),
  );
}

const slotOf = (blocks: readonly BlockFacts[], has: (block: BlockFacts) => boolean): Slot | null =>
  blocks.find(has)?.slot ?? null;
