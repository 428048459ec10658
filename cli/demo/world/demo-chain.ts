import type { DutyOutcome } from '../../../devnet/duty-runner/outcome.ts';
import type { Simulation } from '../../../devnet/simulation/simulation.ts';
import { activatePreset } from '../../../core/chain/preset.ts';
import type { Pubkey } from '../../../core/units.ts';
import { unlockKeystore, type Keystore } from '../../../signer/keystore/eip2335.ts';

export const SLOT_MS = 500;
const VALIDATORS = 64;
/** Blocks that are shown. */
const SHOWN_SLOTS = 32;

export interface ChainOptions {
  /** Of the validators that Vigil signs for; they are the first ones, by index. */
  readonly pubkeys: readonly Pubkey[];
  readonly genesisTimeSeconds: number;
}

/** What there is to see of the chain now. */
export interface ChainFacts {
  readonly slot: number;
  readonly slotsPerEpoch: number;
  readonly epoch: number;
  readonly justifiedEpoch: number;
  readonly finalizedEpoch: number;
  readonly secondsToGenesis: number;
  /** The last slots, the oldest first: whose block there is. */
  readonly blocks: readonly ('ours' | 'others' | 'none')[];
  readonly validators: number;
}

/** A vote of the chain's own record, by validator. */
export interface VotesOnChain {
  readonly included: number;
  readonly perfect: number;
}

/** The simulated chain with its beacon node, by the machine's clock, and the validator client that works for our keys. */
export class DemoChain {
  readonly #simulation: Simulation;
  readonly #stop = new AbortController();
  readonly #running: Promise<unknown>[] = [];
  readonly #close: () => Promise<void>;
  readonly #ours: number;
  readonly #failure = Promise.withResolvers<unknown>();
  readonly outcomes: DutyOutcome[] = [];
  readonly url: string;

  private constructor(parts: {
    simulation: Simulation;
    url: string;
    close: () => Promise<void>;
    ours: number;
  }) {
    this.#simulation = parts.simulation;
    this.#close = parts.close;
    this.#ours = parts.ours;
    this.url = parts.url;
  }

  static async start({ pubkeys, genesisTimeSeconds }: ChainOptions): Promise<DemoChain> {
    // First of all: whoever imports the SSZ types before gets those of mainnet.
    activatePreset('minimal');
    const { createSimulation } = await import('../../../devnet/simulation/create-simulation.ts');
    const { DevnetBeaconNode } = await import('../../../devnet/api/beacon-node.ts');
    const { drive } = await import('../../../devnet/simulation/drive.ts');
    const simulation = createSimulation({
      ...{ preset: 'minimal', validators: VALIDATORS, seed: 'demo', genesisTimeSeconds },
      rules: { SLOT_DURATION_MS: SLOT_MS },
      external: pubkeys.keys(),
      pubkey: (index) => pubkeys[index],
    });
    const node = new DevnetBeaconNode(simulation);
    const url = await node.listen();
    const chain = new DemoChain({ simulation, url, close: () => node.close(), ours: pubkeys.length });
    chain.#run(drive(simulation, chain.#stop.signal));
    return chain;
  }

  /** From now on the duties of our validators are done with signatures of this signer. */
  async workWith(signerUrl: string): Promise<void> {
    const { DutyRunner } = await import('../../../devnet/duty-runner/duty-runner.ts');
    const { runDutiesInTime } = await import('../../../devnet/duty-runner/run-in-time.ts');
    const runner = await DutyRunner.connect({ beaconUrl: this.url, signerUrl });
    const times = { genesisTimeSeconds: this.#simulation.genesisTimeSeconds, slotDurationMs: SLOT_MS };
    const done = (outcomes: readonly DutyOutcome[]) => this.outcomes.push(...outcomes);
    this.#run(runDutiesInTime(runner, times, done, this.#stop.signal));
  }

  /** A chain that broke is for whoever watches it to tell, and to clear away. */
  #run(work: Promise<void>): void {
    this.#running.push(work.catch((error: unknown) => this.#failure.resolve(error)));
  }

  /**
   * A second client has the key of one of our validators: as soon as that votes, it votes for something else.
   * @returns the slot of the double vote
   */
  async doubleVote(validator: number, keystore: Keystore, password: string): Promise<number> {
    const { Twin } = await import('../../../devnet/simulation/twin.ts');
    const twin = new Twin(this.#simulation, new Map([[validator, await unlockKeystore(keystore, password)]]));
    const { promise, resolve } = Promise.withResolvers<null>();
    const stop = this.#simulation.events.listen((name, event) => {
      if (name !== 'single_attestation' || !('attesterIndex' in event)) return;
      // On a busy machine a vote may come after its slot, when there is none to be doubled any more.
      if (event.attesterIndex === validator && event.data.slot === this.#simulation.slot) resolve(null);
    });
    await promise;
    stop();
    return twin.vote(validator).data.slot;
  }

  /** Resolves with the reason when chain or validator client broke. */
  get failed(): Promise<unknown> {
    return this.#failure.promise;
  }

  get genesisTimeSeconds(): number {
    return this.#simulation.genesisTimeSeconds;
  }

  facts(): ChainFacts {
    const { slot, epoch, tree, context, genesisTimeSeconds } = this.#simulation;
    const state = this.#simulation.headState();
    const shown = Array.from({ length: Math.min(SHOWN_SLOTS, slot) }, (_, back) => slot - back).reverse();
    return {
      ...{ slot, epoch, validators: VALIDATORS, slotsPerEpoch: context.rules.SLOTS_PER_EPOCH },
      justifiedEpoch: state.currentJustified.epoch,
      finalizedEpoch: state.finalized.epoch,
      secondsToGenesis: Math.max(0, genesisTimeSeconds - Date.now() / 1000),
      blocks: shown.map((at) => {
        const block = tree.canonicalAt(at);
        if (block === undefined) return 'none';
        return block.signed.message.proposerIndex < this.#ours ? 'ours' : 'others';
      }),
    };
  }

  /** What really became of our votes, from the chain's own records. */
  votesOfOurs(fromEpoch: number, toEpoch: number): VotesOnChain[] {
    const ours = Array.from({ length: this.#ours }, () => ({ included: 0, perfect: 0 }));
    for (let epoch = fromEpoch; epoch <= toEpoch; epoch += 1) {
      for (const { validator, included } of this.#simulation.truth.votes(epoch)) {
        const sum = ours[validator];
        if (sum === undefined || included === null) continue;
        sum.included += 1;
        if (included.flags === ALL_FLAGS) sum.perfect += 1;
      }
    }
    return ours;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running);
    await this.#close();
  }
}

/** Source, target and head in time. */
const ALL_FLAGS = 7;
