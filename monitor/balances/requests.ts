import type { ValidatorState } from '../../beacon/index.ts';
import type { Pubkey } from '../../core/units.ts';
import type { BlockFacts } from '../model/block-facts.ts';
import type { ValidatorEvent } from '../model/validator-event.ts';
import type { ChangesInput } from './changes.ts';

type Event = Pick<ValidatorEvent, 'validatorIndex' | 'kind'> & Partial<ValidatorEvent>;

/**
 * What blocks asked for on behalf of the watched. The contracts take requests from anybody and the chain ignores those
 * of strangers, so only what comes from the address in a validator's credentials is told; deposits and the target of a
 * consolidation have no say in who asks. Whether the chain heard a request shows in the states.
 */
export function requestsInBlocks({ epoch, before, after, blocks }: ChangesInput): ValidatorEvent[] {
  const byPubkey = new Map<Pubkey, ValidatorState>();
  for (const state of after.values()) byPubkey.set(state.pubkey, state);
  const owns = ({ index }: ValidatorState, address: string): boolean =>
    [before.get(Number(index)), after.get(Number(index))].some(
      (state) => state !== undefined && addressOf(state) === address.toLowerCase(),
    );
  return blocks.flatMap((block) =>
    [...eventsOf(block, byPubkey, after, owns)].map((event): ValidatorEvent => ({
      epoch,
      slot: block.slot,
      amountGwei: null,
      before: null,
      after: null,
      ...event,
    })),
  );
}

function* eventsOf(
  block: BlockFacts,
  byPubkey: ReadonlyMap<Pubkey, ValidatorState>,
  watched: ChangesInput['after'],
  owns: (state: ValidatorState, address: string) => boolean,
): Generator<Event> {
  for (const { validatorIndex } of block.exits)
    if (watched.has(validatorIndex)) yield { validatorIndex, kind: 'exit_requested' };
  for (const { pubkey, amountGwei, withdrawalCredentials } of block.deposits) {
    const state = byPubkey.get(pubkey);
    if (state === undefined) continue;
    yield { ...of(state), kind: 'deposit_requested', amountGwei, after: withdrawalCredentials };
  }
  for (const { pubkey, amountGwei, sourceAddress } of block.withdrawalRequests) {
    const state = byPubkey.get(pubkey);
    if (state === undefined || !owns(state, sourceAddress)) continue;
    // An amount of zero asks for everything.
    if (amountGwei === 0n) yield { ...of(state), kind: 'exit_requested', after: sourceAddress };
    else yield { ...of(state), kind: 'withdrawal_requested', amountGwei, after: sourceAddress };
  }
  for (const { source, target, sourceAddress } of block.consolidationRequests) {
    const [from, to] = [byPubkey.get(source), byPubkey.get(target)];
    // With itself it is the switch to compounding, which the credentials tell.
    if (source === target || (from !== undefined && !owns(from, sourceAddress))) continue;
    if (from !== undefined) yield { ...of(from), kind: 'consolidation_requested', after: target };
    if (to !== undefined) yield { ...of(to), kind: 'consolidation_requested', before: source };
  }
}

const of = ({ index }: ValidatorState) => ({ validatorIndex: Number(index) });

/** Null for credentials that are no address. */
function addressOf({ withdrawalCredentials }: ValidatorState): string | null {
  return /^0x0[12]/.test(withdrawalCredentials) ? `0x${withdrawalCredentials.slice(-40)}` : null;
}
