import { cliError } from '../cli-errors.ts';
import { incomeText } from './show/draw.ts';
import { finalVotes, type Scene } from './world/scene.ts';
import type { DemoWorld } from './world/demo-world.ts';

export interface Chapter {
  readonly name: string;
  /** What has to happen. */
  readonly title: string;
  /** What did happen; null as long as it has not. */
  readonly outcome: string | null;
  /** Seconds since everything ran. */
  readonly atSeconds: number | null;
}

interface Plot {
  readonly name: string;
  readonly title: string;
  /** Says what happened once it has; null: not yet. @throws when something happened that must not */
  readonly happened: (scene: Scene) => string | null | Promise<string | null>;
}

/** Whose key is used twice. */
const VICTIM = 3;

/** In the middle of what the monitor has seen, and early enough to become final within the minute. */
const TWIN_FROM_EPOCH = 3;

/** The first epoch whose votes are compared: in the one of genesis slot 0 has no block, and clients come up. */
const FIRST_EPOCH = 1;

/** What has to happen, in this order, each of it seen and not assumed. */
export class Story {
  readonly #world: DemoWorld;
  readonly #plots: readonly Plot[];
  readonly #chapters: { outcome: string; atSeconds: number }[] = [];
  #doubleVote: { slot: number | null } | null = null;
  #failure: unknown = null;

  constructor(world: DemoWorld) {
    this.#world = world;
    this.#plots = [
      this.#finality(),
      this.#twin(),
      this.#caught(),
      this.#refused(),
      this.#othersGoOn(),
      this.#verdicts(),
      this.#ledger(),
    ];
  }

  get chapters(): Chapter[] {
    return this.#plots.map(({ name, title }, index) => ({
      ...{ name, title },
      outcome: this.#chapters[index]?.outcome ?? null,
      atSeconds: this.#chapters[index]?.atSeconds ?? null,
    }));
  }

  get ended(): boolean {
    return this.#chapters.length === this.#plots.length;
  }

  /** Goes as far as the scene allows. @throws DEMO_WENT_WRONG */
  async go(scene: Scene, atSeconds: number): Promise<void> {
    if (this.#failure !== null)
      throw cliError('DEMO_WENT_WRONG', (this.#failure as Error).message, this.#failure);
    for (let plot = this.#plots[this.#chapters.length]; plot !== undefined;) {
      const outcome = await plot.happened(scene);
      if (outcome === null) return;
      this.#chapters.push({ outcome, atSeconds });
      plot = this.#plots[this.#chapters.length];
    }
  }

  #finality(): Plot {
    return {
      name: 'finality',
      title: 'the chain becomes final, with votes signed by Vigil in it',
      happened: ({ chain, validators }) => {
        if (chain.finalizedEpoch < FIRST_EPOCH) return null;
        const perfect = validators.flatMap(({ votes }) => votes).filter((vote) => vote === 'perfect').length;
        return perfect === 0
          ? null
          : `epoch ${chain.finalizedEpoch} is final; ${perfect} votes of ours were perfect`;
      },
    };
  }

  #twin(): Plot {
    return {
      name: 'twin',
      title: `a twin with the key of validator ${VICTIM} votes a second time for one slot`,
      happened: async ({ chain }) => {
        if (chain.epoch < TWIN_FROM_EPOCH) return null;
        if (this.#doubleVote === null) {
          this.#doubleVote = { slot: null };
          const { keystore, password } = await this.#world.stolenKey(VICTIM);
          this.#world.chain.doubleVote(VICTIM, keystore, password).then(
            (slot) => (this.#doubleVote = { slot }),
            (error: unknown) => (this.#failure = error),
          );
        }
        const { slot } = this.#doubleVote;
        return slot === null ? null : `validator ${VICTIM} has two votes for slot ${slot}: slashable`;
      },
    };
  }

  #caught(): Plot {
    return {
      name: 'caught',
      title: 'the monitor finds the vote that our signer did not sign, and freezes the key there',
      happened: ({ monitor }) => {
        const wrong = monitor.foreign.find(({ validatorIndex }) => validatorIndex !== VICTIM);
        if (wrong !== undefined)
          throw cliError(
            'DEMO_WENT_WRONG',
            `validator ${wrong.validatorIndex} was accused, which did nothing`,
          );
        const found = monitor.foreign.find(({ slot }) => slot === `${this.#doubleVote?.slot ?? ''}`);
        return found?.action === 'frozen'
          ? `foreign ${found.kind} of slot ${found.slot}, key of validator ${VICTIM} frozen, both votes kept as evidence`
          : null;
      },
    };
  }

  #refused(): Plot {
    const pubkey = this.#world.pubkeys[VICTIM];
    return {
      name: 'refused',
      title: 'the signer signs nothing more with that key',
      happened: () => {
        const refusal = this.#world.chain.outcomes.find(
          (outcome) => outcome.pubkey === pubkey && outcome.result === 'refused',
        );
        if (refusal === undefined) return null;
        return `its next ${refusal.duty.replace('_', ' ')}, slot ${refusal.slot}, is refused: ${/"code":"(\w+)"/.exec(refusal.reason ?? '')?.[1] ?? refusal.reason ?? ''}`;
      },
    };
  }

  #othersGoOn(): Plot {
    const pubkey = this.#world.pubkeys[VICTIM];
    return {
      name: 'others',
      title: 'all other keys go on',
      happened: () => {
        const { outcomes } = this.#world.chain;
        const from = outcomes.findIndex((each) => each.pubkey === pubkey && each.result === 'refused');
        const after = outcomes
          .slice(from)
          .filter((each) => each.duty === 'attestation' && each.result === 'published');
        const signing = new Set(after.map((each) => each.pubkey));
        const others = this.#world.pubkeys.length - 1;
        return signing.size === others ? `all other ${others} have voted since` : null;
      },
    };
  }

  #verdicts(): Plot {
    return {
      name: 'verdicts',
      title: "the monitor's verdicts are what the chain's own records say",
      happened: async ({ monitor }) => {
        const { slotsPerEpoch } = this.#world.chain.facts();
        const last = Math.floor((this.#doubleVote?.slot ?? 0) / slotsPerEpoch);
        if (monitor.lastFinalEpoch === null || monitor.lastFinalEpoch < last) return null;
        const seen = await finalVotes(this.#world, FIRST_EPOCH, last);
        const real = this.#world.chain.votesOfOurs(FIRST_EPOCH, last);
        if (JSON.stringify(seen) !== JSON.stringify(real))
          throw cliError(
            'DEMO_WENT_WRONG',
            `the monitor saw ${JSON.stringify(seen)} of epochs ${FIRST_EPOCH} to ${last}, the chain has ${JSON.stringify(real)}`,
          );
        const votes = real.reduce((sum, { included }) => sum + included, 0);
        return `epochs ${FIRST_EPOCH} to ${last}, final: ${votes} votes of ours, all judged right`;
      },
    };
  }

  #ledger(): Plot {
    return {
      name: 'ledger',
      title: 'the reward ledger explains every Gwei of every balance',
      happened: ({ monitor, validators }) => {
        if (monitor.residualGwei !== 0n)
          throw cliError('DEMO_WENT_WRONG', `the residual of the ledger is ${monitor.residualGwei} Gwei`);
        return `${incomeText(monitor.rewardsGwei, String, 'Gwei')} by ${validators.length} validators up to epoch ${monitor.lastFinalEpoch ?? '-'}, residual 0`;
      },
    };
  }
}
