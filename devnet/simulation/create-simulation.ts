import { ssz } from '@lodestar/types';
import { fromHex, toHex } from '../../core/hex.ts';
import { chainSpecFromValues } from '../../core/chain/config-values.ts';
import type { PresetBase } from '../../core/chain/preset.ts';
import { rootFromBytes } from '../../core/units.ts';
import { configValues } from '../chain/config-values.ts';
import { genesisBlock, genesisState } from '../chain/genesis.ts';
import { rulesFor, type Rules } from '../chain/rules.ts';
import { NoSignatures, RealSignatures } from '../chain/signatures.ts';
import { sha256 } from '../chain/shuffle.ts';
import { SimulationClock } from './clock.ts';
import { ScriptedFaults, type FaultPlan } from './faults.ts';
import { Simulation } from './simulation.ts';

export interface SimulationOptions {
  /** Must be the preset active in this process: the SSZ types have its list limits. */
  readonly preset: PresetBase;
  /** How many validators are active at genesis, with the interop keys 0, 1, 2, … */
  readonly validators: number;
  /** Decides all that is random. */
  readonly seed: string;
  readonly genesisTimeSeconds?: number;
  readonly rules?: Partial<Rules>;
  /** `none` for long runs: signatures hold whatever they are, and keys are no real keys. */
  readonly signatures?: 'real' | 'none';
  /** Validators whose duties somebody else does, with keys of their own. */
  readonly external?: Iterable<number>;
  readonly faults?: FaultPlan;
  readonly balanceGwei?: (index: number) => bigint;
  /** 32 bytes, hex. Default 0x01 and an address made of the index. */
  readonly withdrawalCredentials?: (index: number) => string;
  /** Public key of an external validator; default its interop key. */
  readonly pubkey?: (index: number) => string | undefined;
  /** Epochs before finality whose states are kept. Default: all. */
  readonly keepEpochs?: number;
  /** 32 bytes; default made from the seed. */
  readonly genesisMix?: Uint8Array;
}

const DEFAULT_GENESIS_SECONDS = 1_700_000_000;

/** A chain at genesis. Before this module is imported the preset must be active: see `activatePreset`. */
export function createSimulation(options: SimulationOptions): Simulation {
  const rules = rulesFor(options.preset, options.rules);
  // The list limits of the SSZ types follow the preset, and wrong ones would make wrong roots.
  if (ssz.altair.SyncCommitteeBits.lengthBits !== rules.SYNC_COMMITTEE_SIZE) {
    throw new Error(`the SSZ types of this process are not those of the ${options.preset} preset`);
  }
  const signatures = options.signatures === 'none' ? new NoSignatures() : new RealSignatures();
  const { genesisTimeSeconds = DEFAULT_GENESIS_SECONDS } = options;
  const deposits = Array.from({ length: options.validators }, (_, index) => ({
    pubkey: options.pubkey?.(index) ?? signatures.pubkeyOf(index),
    withdrawalCredentials: (options.withdrawalCredentials ?? defaultCredentials)(index),
    balanceGwei: options.balanceGwei?.(index) ?? 32_000_000_000n,
  }));
  const genesisMix = options.genesisMix ?? sha256(Buffer.from(options.seed));
  const state = genesisState(rules, deposits, genesisMix, genesisTimeSeconds);
  const spec = chainSpecFromValues(configValues(rules), {
    genesisTimeSeconds: BigInt(genesisTimeSeconds),
    genesisValidatorsRoot: rootFromBytes(state.genesisValidatorsRoot),
  });
  const { block, root } = genesisBlock(state);
  const external = new Set(options.external);
  return new Simulation({
    context: { rules, spec, signatures },
    genesis: { root, slot: 0, parent: null, signed: block, journal: state.journal, postState: state },
    clock: new SimulationClock(genesisTimeSeconds, rules.SLOT_DURATION_MS),
    genesisTimeSeconds,
    faults: options.faults ?? new ScriptedFaults(),
    // Who comes by a deposit has a key that only the depositor knows.
    isResident: (validator) => validator < options.validators && !external.has(validator),
    keepEpochs: options.keepEpochs ?? Infinity,
  });
}

/** The address that a resident's withdrawals go to. */
export const withdrawalAddress = (index: number): string =>
  toHex(sha256(Buffer.from(`address ${index}`)).subarray(0, 20));

const defaultCredentials = (index: number): string =>
  `0x01${'00'.repeat(11)}${withdrawalAddress(index).slice(2)}`;

export const compoundingCredentials = (index: number): string => `0x02${defaultCredentials(index).slice(4)}`;

export const bytesFrom = (hex: string): Uint8Array => fromHex(hex, 'bytes');
