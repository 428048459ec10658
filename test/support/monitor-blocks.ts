import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import { FORK_NAMES, type ForkName } from '../../core/chain/fork.ts';
import { epoch, parseRoot, slot, type Root } from '../../core/units.ts';
import type {
  AttestationDataFacts,
  BlockFacts,
  IncludedAttestation,
} from '../../monitor/model/block-facts.ts';

/** A root that can be told from others at a glance. */
export const root = (number: number, kind = 'aa'): Root =>
  parseRoot(`0x${kind}${number.toString(16).padStart(62, '0')}`, 'root');

/** A network as far as maths looks at it. Forks are in force from genesis on unless an epoch is given. */
export function toySpec(slotsPerEpoch: number, forks: Partial<Record<ForkName, number>> = {}): ChainSpec {
  return {
    name: 'toy',
    presetBase: slotsPerEpoch === 32 ? 'mainnet' : slotsPerEpoch === 16 ? 'gnosis' : 'minimal',
    genesisTimeSeconds: 0n,
    genesisValidatorsRoot: root(0),
    slotsPerEpoch: BigInt(slotsPerEpoch),
    slotDurationMs: 12_000,
    forks: FORK_NAMES.filter((name) => name !== 'gloas' && name !== 'heze').map((name) => ({
      ...{ name, version: new Uint8Array(4) },
      epoch: epoch(BigInt(forks[name] ?? 0)),
    })),
  };
}

/** A block with nothing in it but what is given. */
export function toyBlock(at: number, parts: Partial<BlockFacts> = {}): BlockFacts {
  return {
    ...{
      slot: slot(BigInt(at)),
      root: root(at),
      parentRoot: root(Math.max(0, at - 1)),
      stateRoot: root(at, 'cc'),
    },
    ...{
      proposerIndex: 0,
      signature: '0x',
      graffiti: root(0, '00'),
      attestations: [],
      syncBits: null,
      execution: null,
    },
    ...{ withdrawals: [], slashings: [], exits: [], credentialChanges: [], deposits: [] },
    ...{ withdrawalRequests: [], consolidationRequests: [] },
    ...parts,
  };
}

/** Blocks in these slots, each the child of the one before it; the first one of `parent`. */
export function toyChain(
  slots: readonly number[],
  partsOf: (at: number) => Partial<BlockFacts> = () => ({}),
  parent = root(0, 'bb'),
): BlockFacts[] {
  return slots.map((at, place) => {
    const before = slots[place - 1];
    return toyBlock(at, { parentRoot: before === undefined ? parent : root(before), ...partsOf(at) });
  });
}

export interface ToyVote {
  readonly slot: number;
  readonly index?: number;
  readonly head: Root;
  readonly target: { readonly epoch: number; readonly root: Root };
}

export const toyData = ({ slot: at, index = 0, head, target }: ToyVote): AttestationDataFacts => ({
  ...{ slot: slot(BigInt(at)), index: BigInt(index), beaconBlockRoot: head },
  source: { epoch: epoch(0n), root: root(0) },
  target: { epoch: epoch(BigInt(target.epoch)), root: target.root },
});

export const toyAggregate = (
  vote: ToyVote,
  committees: readonly number[],
  bits: readonly (boolean | number)[],
): IncludedAttestation => ({
  ...{ data: toyData(vote), committees },
  bits: Uint8Array.from(bits, (bit) => (bit === true || bit === 1 ? 1 : 0)),
});
