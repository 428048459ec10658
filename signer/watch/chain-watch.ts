import type { BeaconNode, ValidatorOnChain } from '../../beacon/beacon-node.ts';
import type { SlotClock } from '../../core/chain/slot-clock.ts';
import type { Logger } from '../../core/log/logger.ts';
import { epoch, type Pubkey } from '../../core/units.ts';
import type { Guard } from '../../slashing-db/index.ts';
import { daemonError } from '../daemon-errors.ts';
import type { DoppelgangerWatch } from './doppelganger-watch.ts';
import { findValidators, isActive } from './own-validators.ts';
import type { ValidatorIndices } from './validator-indices.ts';
import { lookForSightings, type Sighting } from './sightings.ts';

/** A node further behind than this does not know what happens now. */
const MAX_BEHIND_SLOTS = 2n;

const BY = 'chain watch';
const SLASHED = 'slashed:';

interface Modules {
  readonly nodes: readonly BeaconNode[];
  readonly guard: Guard;
  readonly doppelganger: DoppelgangerWatch;
  readonly clock: SlotClock;
  readonly pubkeys: () => readonly Pubkey[];
  readonly log: Logger;
  /** Is told what the nodes say of our validators. */
  readonly indices?: ValidatorIndices;
}

/**
 * Looks for our own keys through the beacon nodes: a key that was seen to sign what the database does not know of is
 * frozen, and a validator that was slashed freezes everything. What one node has seen is seen; that nothing was seen counts only
 * from nodes that are synced. No node, no answer: keys under watch stay silent.
 */
export class ChainWatch {
  readonly #modules: Modules;
  /** The latest epoch of each key for which it was frozen: an operator who lifts that has looked at it. */
  readonly #frozenFor = new Map<Pubkey, bigint>();
  readonly #blind = new Set<string>();
  /** Nodes whose word was held against the database. */
  readonly #compared = new Set<BeaconNode>();
  #timer: NodeJS.Timeout | null = null;
  #busy = false;

  constructor(modules: Modules) {
    this.#modules = modules;
  }

  start(intervalMs: number): void {
    this.#timer = setInterval(() => void this.check(), intervalMs);
    this.#timer.unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  /**
   * Before anything is signed: has the chain messages of our keys that the database does not know?
   * @throws CHAIN_NEWER_THAN_DATABASE
   */
  async assertDatabaseIsNewest(): Promise<void> {
    for (const node of this.#modules.nodes) {
      const sightings = await this.#sightings(node, this.#modules.pubkeys());
      if (sightings !== null) this.#compared.add(node);
      const news = sightings?.filter((sighting) => this.#isNews(sighting)) ?? [];
      await this.#askDatabase(news);
      const stranger = news.find((sighting) => this.#isNews(sighting));
      if (stranger === undefined) continue;
      throw daemonError(
        'CHAIN_NEWER_THAN_DATABASE',
        `${node.name} has seen ${stranger.pubkey} sign in epoch ${stranger.epoch}, and the slashing database does not know of it`,
      );
    }
  }

  /** One look at every node. Never throws. */
  async check(): Promise<void> {
    // A slow node must not have two looks at it under way.
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (const node of this.#modules.nodes) await this.#look(node);
    } catch (error) {
      this.#modules.log.error({ err: error }, 'the watch over our own validators failed');
    } finally {
      this.#busy = false;
    }
  }

  async #look(node: BeaconNode): Promise<void> {
    const { doppelganger, guard, log, pubkeys } = this.#modules;
    // One that was not there at the start is asked now what the start would have asked it.
    const first = !this.#compared.has(node);
    const sightings = await this.#sightings(node, first ? pubkeys() : doppelganger.silent(pubkeys()));
    if (sightings === null) return;
    // Before any silence counts: without the database this look must neither accuse a key nor let one go.
    await this.#askDatabase(
      sightings.filter(
        (sighting) => sighting.seen && !this.#isSettled(sighting) && this.#accuses(sighting, first),
      ),
    );
    for (const sighting of sightings) {
      const { pubkey, epoch: at } = sighting;
      const accused = this.#accuses(sighting, first);
      if (this.#isExplained(sighting)) doppelganger.reconsider(pubkey);
      if (!accused || this.#isSettled(sighting)) continue;
      const reason = `signs elsewhere: ${node.name} has seen it in epoch ${at}`;
      log.error(
        { pubkey, code: 'DOPPELGANGER_SEEN', hint: 'Find the other signer and stop one of them.' },
        reason,
      );
      await guard.operator.freeze([pubkey], { by: 'doppelganger watch', reason });
      this.#frozenFor.set(pubkey, at);
    }
    // Not before all that it said was judged: the database may have gone away in between.
    this.#compared.add(node);
  }

  /** What a node has seen of these keys; null when it does not answer. */
  async #sightings(node: BeaconNode, wanted: readonly Pubkey[]): Promise<Sighting[] | null> {
    const { clock, doppelganger, log, pubkeys } = this.#modules;
    try {
      const now = clock.currentEpoch();
      const validators = await findValidators(node, pubkeys());
      this.#modules.indices?.learn(validators.values());
      await this.#breakCircuit(validators.values(), node);
      const active = wanted.flatMap((pubkey) => {
        const validator = validators.get(pubkey);
        return validator !== undefined && isActive(validator) ? [validator] : [];
      });
      const activeKeys = new Set(active.map(({ pubkey }) => pubkey));
      const sightings = await lookForSightings(node, active, now);
      const waiting = doppelganger.silent([...activeKeys]).length > 0;
      this.#tellOfBlindness(node, waiting && sightings.length === 0);
      // Who has no duties, or was never deposited, cannot have signed.
      const idle = wanted.filter((pubkey) => !activeKeys.has(pubkey));
      if (now > 0n)
        for (const pubkey of idle) sightings.push({ pubkey, epoch: epoch(now - 1n), seen: false });
      const behind = (await node.syncing()).syncDistance > MAX_BEHIND_SLOTS;
      return behind ? sightings.filter(({ seen }) => seen) : sightings;
    } catch (error) {
      log.warn({ node: node.name }, `no word about our validators: ${(error as Error).message}`);
      return null;
    }
  }

  /** A slashed key is frozen for good; the rest until the operator has looked, because the same may be about to hit them. */
  async #breakCircuit(validators: Iterable<ValidatorOnChain>, node: BeaconNode): Promise<void> {
    const { guard, log } = this.#modules;
    for (const { pubkey, slashed, status } of validators) {
      // The freeze of the key itself comes last: it says that the rest was done, to the next process too.
      const isDone = (): boolean => guard.statusOf(pubkey).frozen?.reason.startsWith(SLASHED) === true;
      if (!slashed || isDone()) continue;
      await guard.refresh([pubkey]);
      if (isDone()) continue;
      const reason = `${SLASHED} ${node.name} says so (${status})`;
      // One that was slashed long ago and has left the chain is no news.
      if (!status.startsWith('withdrawal')) {
        log.error(
          { pubkey, code: 'VALIDATOR_SLASHED', hint: 'Find the cause, then vigil keys unfreeze --all.' },
          reason,
        );
        await guard.operator.freeze('all', { by: BY, reason: `${pubkey} was slashed` });
      }
      await guard.operator.freeze([pubkey], { by: BY, reason });
    }
  }

  /** Said once: keys under watch stay silent for as long as no node can tell anything of them; where none are, nobody waits for it. */
  #tellOfBlindness(node: BeaconNode, blind: boolean): void {
    if (!blind) this.#blind.delete(node.name);
    if (!blind || this.#blind.has(node.name)) return;
    this.#blind.add(node.name);
    this.#modules.log.warn(
      {
        node: node.name,
        code: 'DOPPELGANGER_BLIND',
        hint: 'Switch on liveness tracking in the beacon node, use another one, or --doppelganger-epochs 0 at your own risk.',
      },
      'the beacon node offers neither liveness nor attestation rewards: keys under watch stay silent',
    );
  }

  /** What would accuse a key is held against the database itself: other signers that share it sign too. */
  async #askDatabase(accusing: readonly Sighting[]): Promise<void> {
    await this.#modules.guard.refresh([...new Set(accusing.map(({ pubkey }) => pubkey))]);
  }

  /** It is frozen, or the operator has looked at this. */
  #isSettled({ pubkey, epoch: at }: Sighting): boolean {
    const { frozen } = this.#modules.guard.statusOf(pubkey);
    return frozen !== null || at <= (this.#frozenFor.get(pubkey) ?? -1n);
  }

  /** Somebody else signs with the key, by what is known here. Silence is counted on the way. */
  #accuses(sighting: Sighting, first: boolean): boolean {
    const { pubkey, epoch: at, seen } = sighting;
    const twin = !this.#isExplained(sighting) && this.#modules.doppelganger.observe(pubkey, at, seen);
    return twin || (first && this.#isNews(sighting));
  }

  #isExplained({ pubkey, epoch: at, seen }: Sighting): boolean {
    return seen && at <= this.#latestKnown(pubkey);
  }

  /** The latest epoch of which the database has a message of the key: nodes count blocks as signs of life too. */
  #latestKnown(pubkey: Pubkey): bigint {
    const { guard, clock } = this.#modules;
    const { attestation, block } = guard.statusOf(pubkey);
    const voted = attestation?.target ?? -1n;
    const proposed = block === null ? -1n : clock.epochOf(block.slot);
    return voted > proposed ? voted : proposed;
  }

  /** A message that neither the database nor a hand-over explains. */
  #isNews({ pubkey, epoch: at, seen }: Sighting): boolean {
    const { guard } = this.#modules;
    const { attestation, inEpoch, outEpoch } = guard.statusOf(pubkey);
    // Without history there is nothing to be newer than: the floor takes care of it.
    if (!seen || attestation === null || at <= this.#latestKnown(pubkey)) return false;
    const accepted = at <= (guard.protection.floor?.target ?? -1n);
    const othersTurn = (inEpoch !== null && at < inEpoch) || (outEpoch !== null && at >= outEpoch);
    return !accepted && !othersTurn;
  }
}
