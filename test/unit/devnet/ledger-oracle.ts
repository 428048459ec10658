import type { Simulation } from '../../../devnet/simulation/simulation.ts';
import { isqrt } from './spec-oracle.ts';

/**
 * Balances of a whole run, computed a second time from nothing but the chain's blocks, its committees and the
 * checkpoints it reached, and by set arithmetic instead of flags. For a chain without withdrawals, slashings,
 * deposits or exits.
 * @returns balances after every slot
 */
export function replayBalances(sim: Simulation, slots: number): bigint[][] {
  const { rules } = sim.context;
  const perEpoch = rules.SLOTS_PER_EPOCH;
  const GWEI = 1_000_000_000n;
  const genesis = sim.tree.genesis.postState!;
  const balances = [...genesis.balances];
  const effective = genesis.validators.map((validator) => validator.effectiveBalance);
  const scores = effective.map(() => 0n);
  /** Epoch to flag name to those who earned it. */
  const earned = new Map<number, Record<'source' | 'target' | 'head', Set<number>>>();
  const of = (epoch: number) => {
    if (!earned.has(epoch)) earned.set(epoch, { source: new Set(), target: new Set(), head: new Set() });
    return earned.get(epoch)!;
  };
  const WEIGHTS = { source: 14n, target: 26n, head: 14n };
  const total = () => effective.reduce((sum, gwei) => sum + gwei, 0n);
  const brpi = () => (GWEI * 64n) / isqrt(total());
  const base = (validator: number) => (effective[validator]! / GWEI) * brpi();
  const add = (validator: number, gwei: bigint) => {
    const sum = balances[validator]! + gwei;
    balances[validator] = sum < 0n ? 0n : sum;
  };
  const rootBefore = (slot: number) => sim.tree.latestAt(slot).root;
  const hex = (bytes: Uint8Array) => `0x${Buffer.from(bytes).toString('hex')}`;

  function endOfEpoch(ending: number, stateAfter: { finalized: { epoch: number } }) {
    if (ending === 0) return;
    const voted = of(ending - 1);
    const leaking = ending - 1 - stateAfter.finalized.epoch > 4;
    for (let v = 0; v < scores.length; v += 1) {
      scores[v] = voted.target.has(v) ? scores[v]! - (scores[v]! > 0n ? 1n : 0n) : scores[v]! + 4n;
      if (!leaking) scores[v] = scores[v]! > 16n ? scores[v]! - 16n : 0n;
    }
    const all = total() / GWEI;
    const unit = brpi();
    for (const flag of ['source', 'target', 'head'] as const) {
      const sum = [...voted[flag]].reduce((gwei, v) => gwei + effective[v]!, 0n);
      const participating = (sum < GWEI ? GWEI : sum) / GWEI;
      for (let v = 0; v < scores.length; v += 1) {
        const weighted = (effective[v]! / GWEI) * unit * WEIGHTS[flag];
        if (!voted[flag].has(v)) add(v, flag === 'head' ? 0n : -(weighted / 64n));
        else if (!leaking) add(v, (weighted * participating) / (all * 64n));
      }
    }
    for (let v = 0; v < scores.length; v += 1) {
      if (!voted.target.has(v)) add(v, -((effective[v]! * scores[v]!) / (4n * 2n ** 24n)));
    }
    for (let v = 0; v < scores.length; v += 1) {
      const tooLow = balances[v]! + GWEI / 4n < effective[v]!;
      const tooHigh = effective[v]! + (GWEI * 5n) / 4n < balances[v]!;
      if (!tooLow && !tooHigh) continue;
      const whole = (balances[v]! / GWEI) * GWEI;
      effective[v] = whole < 32n * GWEI ? whole : 32n * GWEI;
    }
  }

  function block(slot: number) {
    const node = sim.tree.canonicalAt(slot);
    if (node === undefined) return;
    const { body, proposerIndex } = node.signed.message;
    for (const { data, aggregationBits, committeeBits } of body.attestations) {
      const start = sim.tree.latestAt(data.target.epoch * perEpoch);
      const { bySlot } = committeesAt(sim, start, data.target.epoch);
      const members = committeeBits.getTrueBitIndexes().flatMap((at) => bySlot[data.slot % perEpoch]![at]!);
      const delay = slot - data.slot;
      const right = hex(data.target.root) === rootBefore(data.target.epoch * perEpoch);
      const exact = right && hex(data.beaconBlockRoot) === rootBefore(data.slot);
      let numerator = 0n;
      members.forEach((validator, at) => {
        if (!aggregationBits.get(at)) return;
        const flags = of(data.target.epoch);
        const gains = [
          ...(delay * delay <= perEpoch ? (['source'] as const) : []),
          ...(right ? (['target'] as const) : []),
          ...(exact && delay === 1 ? (['head'] as const) : []),
        ];
        for (const flag of gains) {
          if (!flags[flag].has(validator)) numerator += base(validator) * WEIGHTS[flag];
          flags[flag].add(validator);
        }
      });
      add(proposerIndex, numerator / 448n);
    }
    const members = node.postState!.currentSyncCommittee;
    const reward = (brpi() * (total() / GWEI) * 2n) / 64n / BigInt(perEpoch) / BigInt(members.length);
    members.forEach((validator, position) => {
      const hit = body.syncAggregate.syncCommitteeBits.get(position);
      add(validator, hit ? reward : -reward);
      if (hit) add(proposerIndex, (reward * 8n) / 56n);
    });
  }

  const history = [[...balances]];
  for (let slot = 1; slot <= slots; slot += 1) {
    if (slot % perEpoch === 0) {
      const after = sim.tree.stateAt(sim.tree.latestAt(slot - 1), slot);
      endOfEpoch(slot / perEpoch - 1, after);
    }
    block(slot);
    history.push([...balances]);
  }
  return history;
}

/** Set by the test, which imports the chain's modules after the preset was chosen. */
let committeesAt: (
  sim: Simulation,
  anchor: Simulation['tree']['head'],
  epoch: number,
) => { readonly bySlot: readonly (readonly (readonly number[])[])[] };

export function setCommittees(read: typeof committeesAt): void {
  committeesAt = read;
}
