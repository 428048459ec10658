import { epochOfSlot, startSlotOfEpoch, type ChainSpec } from '../../core/chain/chain-spec.ts';
import { isVigilError } from '../../core/errors.ts';
import type { Logger } from '../../core/log/logger.ts';
import { epoch as epochOf, slot as slotOf, type Epoch, type Root } from '../../core/units.ts';
import { judgeVotes } from '../attestations/judge.ts';
import { CanonicalView, type BeaconSource } from '../chain/index.ts';
import type { LedgerCalendar } from '../ledger/index.ts';
import type { BlockFacts } from '../model/block-facts.ts';
import type { HeadState } from '../model/monitor-state.ts';
import type { AttestationVerdict, ProposalVerdict } from '../model/verdicts.ts';
import { judgeProposals, type ProposalDuty, type ProposalFacts } from '../proposals/index.ts';
import type { SyncCommittees, SyncSeats } from '../sync-committees/index.ts';
import type { BlockShelf } from './block-shelf.ts';
import type { ChainAnswers } from './chain-answers.ts';
import { snapshotSlots, tagBefore } from './collect-unit.ts';
import { MissedInRow } from './missed-in-row.ts';

/** Epochs before the head that are looked at while nothing becomes final; older ones wait until it does. */
const MAX_OPEN_EPOCHS = 6n;

type OpenVotes = HeadState['attestations'][number];

export interface HeadModules {
  readonly nodes: BeaconSource;
  readonly spec: ChainSpec;
  readonly shelf: BlockShelf;
  readonly committees: SyncCommittees;
  readonly calendar: LedgerCalendar;
  readonly log: Logger;
}

/**
 * What the blocks of the present head say of the epochs that are not final. Nothing of it is kept: after a
 * re-organisation it is judged anew. By the way it asks nodes, while they still have them, for the states and rewards
 * that will be needed at finality.
 */
export class HeadView {
  readonly #modules: HeadModules;
  /** By epoch: of closed ones, with the root they were judged on. */
  readonly #closed = new Map<Epoch, { readonly tag: Root; readonly votes: OpenVotes }>();
  readonly #missed = new MissedInRow();
  #state: HeadState | null = null;
  #blocks: readonly BlockFacts[] = [];

  constructor(modules: HeadModules) {
    this.#modules = modules;
  }

  get state(): HeadState | null {
    return this.#state;
  }

  /** The blocks that the state was judged by, oldest first. */
  get blocks(): readonly BlockFacts[] {
    return this.#blocks;
  }

  /** Others are watched now. */
  forget(): void {
    this.#closed.clear();
  }

  /** What is final is no longer looked at here. */
  wasFinal(epoch: Epoch, verdicts: readonly AttestationVerdict[]): void {
    this.#closed.delete(epoch);
    this.#missed.final(verdicts);
  }

  /** @param open the first epoch that is not written down yet @throws what the nodes failed with */
  async update(head: BlockFacts, open: Epoch, answers: ChainAnswers): Promise<void> {
    const { spec, shelf } = this.#modules;
    const headEpoch = epochOfSlot(spec, head.slot);
    const oldest = headEpoch > MAX_OPEN_EPOCHS ? epochOf(headEpoch - MAX_OPEN_EPOCHS) : epochOf(0n);
    const first = open > oldest ? (open < headEpoch ? open : headEpoch) : oldest;
    const from = startSlotOfEpoch(spec, first);
    // While nothing becomes final, memory must not grow.
    if (first === oldest) shelf.forgetBefore(from);
    const blocks = await shelf.branch(head.root, from);
    const view = new CanonicalView({
      ...{ from, to: head.slot, blocks },
      ...(blocks.length === 0 ? { parentRoot: head.root } : {}),
    });
    const attestations: OpenVotes[] = [];
    const duties: ProposalDuty[] = [];
    for (let epoch = first; epoch <= headEpoch; epoch = epochOf(epoch + 1n)) {
      const votes = await this.#votesOf(epoch, view, answers);
      if (votes !== null) attestations.push(votes);
      duties.push(...((await this.#lookAhead(epoch, view, answers)) ?? []));
    }
    const next = await this.#orNull(answers.proposers(epochOf(headEpoch + 1n), tagOf(view, spec, headEpoch)));
    const slashed = blocks.flatMap(({ slot, slashings }) =>
      slashings
        .flatMap(({ validatorIndices }) => validatorIndices)
        .filter((index) => answers.watchedSet.has(index))
        .map((validatorIndex) => ({ validatorIndex, slot })),
    );
    this.#blocks = blocks;
    this.#state = {
      ...{ slot: head.slot, root: head.root, attestations, slashed },
      proposals: this.#proposals(view, [...duties, ...(next ?? [])], answers),
      ...(await this.#syncMembers(headEpoch, answers.watchedSet)),
      missedInRow: this.#missed.with(attestations.filter(({ closed }) => closed)),
    };
  }

  async #votesOf(epoch: Epoch, view: CanonicalView, answers: ChainAnswers): Promise<OpenVotes | null> {
    const { spec } = this.#modules;
    const end = slotOf(startSlotOfEpoch(spec, epochOf(epoch + 2n)) - 1n);
    const closed = view.to >= end;
    const tag = closed ? view.rootAt(end) : null;
    const held = this.#closed.get(epoch);
    if (held !== undefined && held.tag === tag) return held.votes;
    const seats = await this.#orNull(answers.seats(epoch, tagOf(view, spec, epoch)));
    if (seats === null) return null;
    const { verdicts, network } = judgeVotes(seats, view, spec);
    const votes = { epoch, closed, verdicts, network };
    if (tag !== null) this.#closed.set(epoch, { tag, votes });
    return votes;
  }

  /** Asks for what finality will need, as soon as it can be known. @returns the turns of the watched in the epoch */
  async #lookAhead(
    epoch: Epoch,
    view: CanonicalView,
    answers: ChainAnswers,
  ): Promise<readonly ProposalDuty[] | null> {
    const { spec } = this.#modules;
    const tag = tagOf(view, spec, epoch);
    for (const at of snapshotSlots(this.#modules, epoch)) {
      // Not the head's own slot: its state may yet be another's.
      if (at >= view.to) continue;
      await this.#orNull(answers.states(at, at < view.from ? tag : view.rootAt(at)));
    }
    const credited = startSlotOfEpoch(spec, epochOf(epoch + 2n));
    if (view.to > credited) {
      await this.#orNull(answers.voteRewards(epoch, view.rootAt(slotOf(credited - 1n))));
    }
    return this.#orNull(answers.proposers(epoch, tag));
  }

  #proposals(view: CanonicalView, duties: readonly ProposalDuty[], answers: ChainAnswers): ProposalVerdict[] {
    const { spec } = this.#modules;
    // An empty slot at the head may be a block that is late; before the head nobody will fill it on this branch.
    const seen = new Map(duties.map(({ slot }) => [slot, []]));
    const facts: ProposalFacts = { seen, orphans: new Map(), rewardsGwei: new Map() };
    const range = {
      first: view.from,
      last: startSlotOfEpoch(spec, epochOf(epochOfSlot(spec, view.to) + 2n)),
    };
    const question = { range, duties, watched: answers.watchedSet, view, facts, now: view.to };
    return [...judgeProposals(question).verdicts];
  }

  async #syncMembers(
    headEpoch: Epoch,
    watched: ReadonlySet<number>,
  ): Promise<Pick<HeadState, 'syncCurrent' | 'syncNext'>> {
    const { committees } = this.#modules;
    const current = await this.#orNull(committees.seats(headEpoch, watched, headEpoch));
    const next = await this.#orNull(committees.next(watched, headEpoch));
    return { syncCurrent: counts(current), syncNext: counts(next) };
  }

  /** At the head nothing is so important that the rest should fail with it. */
  async #orNull<T>(ask: Promise<T>): Promise<T | null> {
    try {
      return await ask;
    } catch (error) {
      if (!isVigilError(error)) throw error;
      this.#modules.log.debug({ code: error.code }, error.message);
      return null;
    }
  }
}

const tagOf = (view: CanonicalView, spec: ChainSpec, epoch: Epoch): Root =>
  tagBefore(view, startSlotOfEpoch(spec, epoch));

const counts = (seats: SyncSeats | null): ReadonlyMap<number, number> =>
  new Map([...(seats?.positions ?? [])].map(([index, positions]) => [index, positions.length]));
