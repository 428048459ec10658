// First: the SSZ types take their limits from the preset that is chosen there.
import '../../devnet/minimal-chain.ts';
import { createHash } from 'node:crypto';
import type { electra, phase0 } from '@lodestar/types';
import { InvalidMessage } from '../../../../devnet/chain/invalid.ts';
import { isActive } from '../../../../devnet/chain/state.ts';
import type { Rules } from '../../../../devnet/chain/rules.ts';
import {
  RandomFaults,
  ScriptedFaults,
  type FaultPlan,
  type FaultRates,
} from '../../../../devnet/simulation/faults.ts';
import type { Simulation } from '../../../../devnet/simulation/simulation.ts';
import { compoundingCredentials, createSimulation, withdrawalAddress } from '../../devnet/minimal-chain.ts';

const ETH = 1_000_000_000n;

export interface BusyOptions {
  readonly seed: string;
  readonly epochs: number;
  readonly validators?: number;
  readonly rates?: FaultRates;
  /** Epochs in which more than a third does not vote: first and last. */
  readonly outage?: readonly [number, number];
  readonly slotDurationMs?: number;
  /** Chance per slot that something is asked for. */
  readonly operations?: number;
  readonly rules?: Partial<Rules>;
}

/** Draws by label, so that the same seed asks for the same. */
const drawer = (seed: string) => (label: string, below: number) =>
  createHash('sha256').update(`${seed} ${label}`).digest().readUInt32BE(0) % below;

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.slice(2), 'hex'));
export const addressOf = (index: number): Uint8Array => bytes(withdrawalAddress(index));
export const keyOf = (sim: Simulation, index: number): Uint8Array =>
  bytes(sim.headState().validators[index]!.pubkey);
const oldCredentials = (index: number) => `0x01${'00'.repeat(11)}${withdrawalAddress(index).slice(2)}`;

/** A chain on which, besides duties done well or badly, everything happens that can happen to a balance. */
export function busyChain(options: BusyOptions): Simulation {
  const { seed, epochs, validators = 48, operations = 0.25, outage } = options;
  const draw = drawer(seed);
  const sim = createSimulation({
    ...{ preset: 'minimal', validators, seed, signatures: 'none' },
    faults: faultsOf(options, validators, outage),
    // Half of them compound, some of those hold much; the rest have a little to be swept.
    withdrawalCredentials: (index) =>
      index % 2 === 0 ? compoundingCredentials(index) : oldCredentials(index),
    balanceGwei: (index) =>
      (index % 2 === 0 ? 32n + BigInt(draw(`much ${index}`, 40)) : 32n) * ETH +
      BigInt(draw(`little ${index}`, 900_000_000)),
    rules: {
      ...{ SHARD_COMMITTEE_PERIOD: 2, MIN_VALIDATOR_WITHDRAWABILITY_DELAY: 2 },
      ...{ MIN_PER_EPOCH_CHURN_LIMIT_ELECTRA: 256_000_000_000 },
      ...{ EPOCHS_PER_SLASHINGS_VECTOR: 16 },
      ...(options.slotDurationMs === undefined ? {} : { SLOT_DURATION_MS: options.slotDurationMs }),
      ...options.rules,
    },
  });
  for (let left = epochs * 8; left > 0; left -= 1) {
    if (draw(`any ${sim.slot}`, 1000) < operations * 1000) askForSomething(sim, draw);
    sim.runSlot();
  }
  return sim;
}

function faultsOf(
  { seed, rates = {} }: BusyOptions,
  validators: number,
  outage: BusyOptions['outage'],
): FaultPlan {
  const random = new RandomFaults(seed, rates);
  const scripted = new ScriptedFaults();
  if (outage !== undefined) {
    const absent = Array.from({ length: Math.ceil(validators * 0.6) }, (_, at) => at);
    scripted.offline(absent, outage[0] * 8, outage[1] * 8 + 7);
  }
  return {
    block: (slot) => random.block(slot),
    reorgDepth: (slot) => random.reorgDepth(slot),
    vote: (slot, validator) =>
      scripted.vote(slot, validator).kind === 'missed' ? { kind: 'missed' } : random.vote(slot, validator),
    syncMissed: (slot, validator) =>
      scripted.syncMissed(slot, validator) || random.syncMissed(slot, validator),
  };
}

function askForSomething(sim: Simulation, draw: ReturnType<typeof drawer>): void {
  const at = (label: string, below: number) => draw(`${label} ${sim.slot}`, below);
  const state = sim.headState();
  const index = at('who', state.validators.length);
  const other = at('whom', state.validators.length) & ~1;
  const from = { sourceAddress: addressOf(index) };
  switch (at('what', 9)) {
    case 0:
    case 1:
      // To whoever: also to those who are leaving, and to the key of nobody.
      return sim.operations.requestDeposit({
        pubkey: at('new', 4) === 0 ? new Uint8Array(48).fill(at('key', 250) + 1) : keyOf(sim, index),
        withdrawalCredentials: bytes(compoundingCredentials(index)),
        amount: at('amount', 4) === 0 ? 40_000_000_000 : 1_000_000_000 + at('amount', 2_000_000_000),
        signature: new Uint8Array(96),
        index: BigInt(sim.slot),
      });
    case 2:
    case 3: {
      const amount = BigInt(at('part', 3)) * 700_000_001n;
      return sim.operations.requestWithdrawal({ ...from, validatorPubkey: keyOf(sim, index), amount });
    }
    case 4:
    case 5:
      return sim.operations.requestConsolidation({
        ...{ ...from, sourcePubkey: keyOf(sim, index) },
        targetPubkey: keyOf(sim, other),
      });
    case 6:
      // With itself: the switch to compounding.
      return sim.operations.requestConsolidation({
        ...{ ...from, sourcePubkey: keyOf(sim, index) },
        targetPubkey: keyOf(sim, index),
      });
    case 7: {
      const message = { epoch: sim.epoch, validatorIndex: index };
      return ifPossible(() => sim.publishExit({ message, signature: new Uint8Array(96) }));
    }
    default: {
      const active = state.validators.filter((each) => isActive(each, sim.epoch) && !each.slashed).length;
      // The chain is to go on.
      if (active < 30) return;
      return ifPossible(() =>
        at('how', 2) === 0
          ? sim.publishProposerSlashing(proposerSlashing(index, sim.slot))
          : sim.publishAttesterSlashing(attesterSlashing([index, (index + 1) % 40])),
      );
    }
  }
}

function ifPossible(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof InvalidMessage)) throw error;
  }
}

const root = (fill: number) => new Uint8Array(32).fill(fill);

function proposerSlashing(proposerIndex: number, slot: number): phase0.ProposerSlashing {
  const header = (fill: number) => ({
    message: {
      ...{ slot: BigInt(slot), proposerIndex, parentRoot: root(1) },
      ...{ stateRoot: root(2), bodyRoot: root(fill) },
    },
    signature: new Uint8Array(96),
  });
  return { signedHeader1: header(3), signedHeader2: header(4) };
}

function attesterSlashing(indices: readonly number[]): electra.AttesterSlashing {
  const vote = (fill: number) => ({
    attestingIndices: [...indices].sort((one, two) => one - two),
    data: {
      ...{ slot: 1n, index: 0n, beaconBlockRoot: root(fill) },
      ...{ source: { epoch: 0n, root: root(0) }, target: { epoch: 0n, root: root(0) } },
    },
    signature: new Uint8Array(96),
  });
  return { attestation1: vote(5), attestation2: vote(6) };
}
