import { epoch, slot } from '../../core/units.ts';
import { checkTime } from '../../slashing-db/rules/check-time.ts';
import { SPEC } from '../support/slashing-fixtures.ts';
import type { Model, Step } from './explore.ts';
import type { Guards } from './guards.ts';
import { blockCode, message, NO_MARKS, parsed, show, voteCode, type Code, type Marks } from './messages.ts';
import { rulesWith } from './rules.ts';

/**
 * Liveness: a client that keeps to the protocol (targets rise, sources do not fall, nothing ahead of the clock, one
 * block a slot) and may ask for its last message again is never refused, whatever it skips.
 */
interface World {
  readonly now: number;
  readonly marks: Marks;
  readonly lastVote: Code | null;
  readonly lastBlock: Code | null;
}

const TWO_SLOTS = { ...SPEC, slotsPerEpoch: 2n };

export function honestModel(guards: Guards, bounds: { readonly lastSlot: number }): Model<World> {
  const rules = rulesWith(guards);
  return {
    initial: { now: 0, marks: NO_MARKS, lastVote: null, lastBlock: null },
    *steps(world) {
      if (world.now < bounds.lastSlot) {
        yield { label: `slot ${world.now + 1} begins`, next: { ...world, now: world.now + 1 } };
      }
      for (const code of honest(world)) yield ask(world, code, 'L2');
      for (const code of [world.lastVote, world.lastBlock]) if (code !== null) yield ask(world, code, 'L1');
    },
    broken: () => [],
  };

  function ask(world: World, code: Code, invariant: 'L1' | 'L2'): Step<World> {
    const late = checkTime(TWO_SLOTS, slot(BigInt(world.now)), 0n, message(code));
    const judgement = rules.judge(world.marks, code);
    const refused = late?.reason ?? (judgement.kind === 'refused' ? judgement.reason : null);
    const next: World = {
      ...world,
      marks: judgement.kind === 'advance' ? judgement.marks : world.marks,
      ...(parsed(code).kind === 'block' ? { lastBlock: code } : { lastVote: code }),
    };
    return {
      label: `the client asks for ${show(code)}${invariant === 'L1' ? ' again' : ''}`,
      next,
      ...(refused !== null && { breaks: { invariant, what: `refused: ${refused}` } }),
    };
  }
}

function* honest({ now, lastVote, lastBlock }: World): Iterable<Code> {
  const vote = lastVote === null ? null : parsed(lastVote);
  const block = lastBlock === null ? null : parsed(lastBlock);
  const target = epoch(BigInt(Math.floor(now / 2)));
  const [from, above] = vote?.kind === 'attestation' ? [vote.source, vote.target] : [0, -1];
  if (Number(target) > above) {
    for (let source = from; source < Number(target); source += 1) yield voteCode(source, Number(target), 'a');
    if (target === 0n) yield voteCode(0, 0, 'a');
  }
  if (block?.kind !== 'block' || now > block.slot) yield blockCode(now, 'a');
}
