import type { Simulation } from '../../../../devnet/simulation/simulation.ts';
import type { EpochRecord } from '../../../../monitor/model/epoch-record.ts';

/** What a record says, in words that the truth can be put in as well. */
export function toldBy({ attestations, proposals, sync, parts }: EpochRecord) {
  return {
    votes: attestations.map(({ validatorIndex, slot, result, inclusion }) => ({
      ...{ validator: validatorIndex, slot: Number(slot), missed: result === 'missed' },
      included: inclusion === null ? null : Number(inclusion.slot),
      flags:
        inclusion === null
          ? 0
          : Number(inclusion.source) + 2 * Number(inclusion.target) + 4 * Number(inclusion.head),
    })),
    proposals: proposals.map(({ validatorIndex, slot, result, blockRoot }) => ({
      ...{ validator: validatorIndex, slot: Number(slot), result, blockRoot },
    })),
    // The truth is by block: of an epoch without any it says nothing.
    sync: byValidator(
      sync.flatMap(({ validatorIndex, due, hit }) =>
        due === 0 ? [] : [{ validator: validatorIndex, due, hit }],
      ),
    ),
    residuals: parts.map(({ residualGwei }) => residualGwei),
  };
}

/** What really happened in an epoch to some validators. All is said once the next epoch is over. */
export function truthOf(sim: Simulation, epoch: number, watch: readonly number[], parts: number) {
  const isWatched = ({ validator }: { readonly validator: number }) => watch.includes(validator);
  const bits = sim.truth.sync(epoch).filter(isWatched);
  const members = [...new Set(bits.map(({ validator }) => validator))];
  return {
    votes: sim.truth
      .votes(epoch)
      .filter(isWatched)
      .map(({ validator, slot, included }) => ({
        ...{ validator, slot, missed: included === null },
        ...{ included: included?.slot ?? null, flags: included?.flags ?? 0 },
      })),
    proposals: sim.truth
      .proposals(epoch)
      .filter(({ proposer }) => watch.includes(proposer))
      .map(({ slot, proposer, outcome, root }) => ({
        ...{ validator: proposer, slot, result: outcome, blockRoot: root },
      })),
    sync: byValidator(
      members.map((validator) => {
        const own = bits.filter((bit) => bit.validator === validator);
        return { validator, due: own.length, hit: own.filter(({ hit }) => hit).length };
      }),
    ),
    residuals: Array.from({ length: parts }, () => 0n),
  };
}

const byValidator = <T extends { readonly validator: number }>(list: readonly T[]): T[] =>
  [...list].sort((one, other) => one.validator - other.validator);
