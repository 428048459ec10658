import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activatePreset } from '../../../core/chain/preset.ts';
import { toHex } from '../../../core/hex.ts';
import { computeShuffledIndex, draw, getSeed, slotSeed } from './spec-oracle.ts';

activatePreset('minimal');
const { shuffledIndices } = await import('../../../devnet/chain/shuffle.ts');
const { createSimulation } = await import('../../../devnet/simulation/create-simulation.ts');
const { computeProposers } = await import('../../../devnet/chain/proposers.ts');
const { committeesOf } = await import('../../../devnet/chain/committees.ts');

const PROPOSER = Uint8Array.of(0, 0, 0, 0);
const ATTESTER = Uint8Array.of(1, 0, 0, 0);
const SYNC = Uint8Array.of(7, 0, 0, 0);
/** The genesis mix of the interop test networks of which answers were recorded. */
const INTEROP_MIX = new Uint8Array(32).fill(0x0b);
const ETH = 1_000_000_000n;
const ROUNDS = { minimal: 10, mainnet: 90 };

describe('shuffling', () => {
  it('sends every index where compute_shuffled_index sends it', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.integer({ min: 1, max: 600 }),
        fc.constantFrom(ROUNDS.minimal, ROUNDS.mainnet),
        (seed, count, rounds) => {
          const all = shuffledIndices(count, seed, rounds);
          for (const index of [0, Math.floor(count / 3), count - 1]) {
            expect(all[index]).toBe(computeShuffledIndex(index, count, seed, rounds));
          }
          expect(new Set(all).size).toBe(count);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is what a consensus client made of the same genesis: its sync committee and its first proposer', () => {
    const everybody = shuffledIndices(16, getSeed(SYNC, 1n, INTEROP_MIX), ROUNDS.minimal);
    // Deneb: at 32 of 32 ETH every candidate is taken, so the committee is the shuffling, twice over.
    expect([...everybody]).toEqual([7, 15, 8, 3, 4, 6, 5, 10, 11, 12, 9, 14, 0, 1, 13, 2]);
    const seed = slotSeed(getSeed(PROPOSER, 0n, INTEROP_MIX), 1n);
    expect(shuffledIndices(16, seed, ROUNDS.minimal)[0]).toBe(13);
  });

  it('draws by balance as that client did on an Electra chain, with the one-byte draw of its time', () => {
    const recorded = [
      ...[7, 5, 9, 5, 8, 12, 3, 0, 13, 12, 14, 3, 3, 13, 6, 11],
      ...[15, 8, 11, 11, 10, 4, 8, 3, 12, 10, 14, 8, 9, 8, 1, 5],
    ];
    const options = { rounds: ROUNDS.minimal, wanted: 32, bytes: 1 as const, effective: 32n, maximum: 2048n };
    expect(draw(16, getSeed(SYNC, 1n, INTEROP_MIX), options)).toEqual(recorded);
  });
});

describe('duties', () => {
  const sim = createSimulation({
    ...{ preset: 'minimal', validators: 80, seed: 'duties', signatures: 'none' },
    genesisMix: INTEROP_MIX,
  });
  const { rules } = sim.context;
  const state = sim.tree.genesis.postState!;
  const draws = { rounds: ROUNDS.minimal, bytes: 2 as const, effective: 32n * ETH, maximum: 2048n * ETH };

  it('has the sync committee that get_next_sync_committee_indices draws', () => {
    const committee = draw(80, getSeed(SYNC, 1n, INTEROP_MIX), { ...draws, wanted: 32 });
    expect(state.currentSyncCommittee).toEqual(committee);
  });

  it('has the proposers that compute_proposer_index draws', () => {
    const seed = getSeed(PROPOSER, 0n, INTEROP_MIX);
    const proposers = Array.from({ length: 8 }, (_, at) =>
      draw(80, slotSeed(seed, BigInt(at)), { ...draws, wanted: 1 }),
    );
    expect(computeProposers(rules, state, 0)).toEqual(proposers.flat());
  });

  it('has the committees that compute_committee cuts', () => {
    const seed = getSeed(ATTESTER, 1n, INTEROP_MIX);
    const { bySlot, perSlot } = committeesOf(rules, state, 1);
    // 80 validators in 8 slots make two committees of at least four each.
    expect(perSlot).toBe(2);
    const cut = (number: number) => Math.floor((80 * number) / 16);
    bySlot.flat().forEach((members, number) => {
      const expected = Array.from({ length: cut(number + 1) - cut(number) }, (_, at) =>
        computeShuffledIndex(cut(number) + at, 80, seed, ROUNDS.minimal),
      );
      expect(members).toEqual(expected);
    });
  });
});

describe('genesis', () => {
  it('has the registry root that a consensus client computed for the same sixteen keys', async () => {
    const { sha256 } = await import('../../../devnet/chain/shuffle.ts');
    const { RealSignatures } = await import('../../../devnet/chain/signatures.ts');
    const signatures = new RealSignatures();
    const blsCredentials = (index: number) => {
      const hash = sha256(Buffer.from(signatures.pubkeyOf(index).slice(2), 'hex'));
      return `0x00${toHex(hash).slice(4)}`;
    };
    const { context } = createSimulation({
      ...{ preset: 'minimal', validators: 16, seed: 'interop', withdrawalCredentials: blsCredentials },
    });
    expect(context.spec.genesisValidatorsRoot).toBe(
      '0x05d79a31a8e69ecd78114c50ce73116be33027d8431b82fff6c0b3cd9c2cbb1f',
    );
  });
});
