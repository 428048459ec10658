import { byText } from '../amounts.ts';
import { laterThan } from './moments.ts';
import type { Participant, StakeChange } from './pool.ts';
import type { ParticipantEntry } from './pool-schema.ts';
import type { Complain, Path } from './read-pool-file.ts';

export function buildParticipants(
  entries: readonly ParticipantEntry[],
  weighBy: 'stake' | 'units' | 'validators',
  complain: Complain,
): Participant[] {
  const ids = new Set<string>();
  const addresses = new Map<string, string>();
  const participants = entries.map((entry, index): Participant => {
    const at = ['participants', index];
    if (ids.has(entry.id)) throw complain([...at, 'id'], `is there twice: ${entry.id}`);
    ids.add(entry.id);
    const other = addresses.get(entry.address);
    // Far more often a slip of copy and paste than two people with one account.
    if (other !== undefined) throw complain([...at, 'address'], `is that of ${other} too`);
    addresses.set(entry.address, entry.id);
    return {
      id: entry.id,
      name: entry.name ?? entry.id,
      address: entry.address,
      type: entry.type ?? 'staker',
      stake: stakeOf(entry, weighBy, complain, [...at, 'stake']),
      minimumPayoutWei: entry['minimum-payout'] ?? null,
    };
  });
  return participants.sort((a, b) => byText(a.id, b.id));
}

function stakeOf(
  { stake = [] }: ParticipantEntry,
  weighBy: 'stake' | 'units' | 'validators',
  complain: Complain,
  at: Path,
): StakeChange[] {
  if (weighBy === 'validators' && stake.length > 0)
    throw complain(at, 'has no meaning where validators are the weights');
  const unit = weighBy === 'units' ? 'units' : 'eth';
  const other = unit === 'units' ? 'eth' : 'units';
  return stake.map((change, index) => {
    const here = [...at, index];
    const amount = change[unit];
    if (change[other] !== undefined)
      throw complain(
        [...here, other],
        `does not fit: this pool weighs by ${unit === 'units' ? 'units' : 'stake in eth'}`,
      );
    if (amount === undefined) throw complain(here, `needs ${unit}`);
    const before = stake[index - 1]?.from;
    if (index > 0 && change.from === undefined)
      throw complain(here, 'needs from: only the first may be from the start');
    if (change.from !== undefined && before !== undefined && laterThan(change.from, before) !== true)
      throw complain([...here, 'from'], 'must be later than the one before, and in the same form');
    return { from: change.from ?? null, amount };
  });
}
