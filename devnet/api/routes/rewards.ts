import type { FastifyInstance } from 'fastify';
import { incrementOf } from '../../chain/balances.ts';
import type { BalanceChange, Component, EpochRewards } from '../../chain/journal.ts';
import { startSlotOf } from '../../chain/rules.ts';
import { FLAGS, WEIGHT_DENOMINATOR } from '../../chain/weights.ts';
import type { BeaconState } from '../../chain/state.ts';
import type { BlockNode } from '../../simulation/block-tree.ts';
import { framed } from '../answers.ts';
import { notFound } from '../api-error.ts';
import { readInteger, resolveBlock, resolveValidators } from '../identifiers.ts';
import type { NodeView } from '../node-view.ts';
import { readList } from '../read-body.ts';

const BASE = '/eth/v1/beacon/rewards';

export function rewardRoutes(server: FastifyInstance, view: NodeView): void {
  const { rules } = view;

  server.post<{ Params: { epoch: string } }>(`${BASE}/attestations/:epoch`, ({ params, body }) => {
    const epoch = readInteger(params.epoch, 'epoch');
    const creditedAt = startSlotOf(rules, epoch + 2);
    const block = firstFrom(view, creditedAt);
    const credited = block?.journal.epochs.find((entry) => entry.epoch === epoch);
    if (block === null || credited === undefined) {
      throw notFound(`the rewards of epoch ${epoch} are known after two epoch transitions`);
    }
    const state = stateOf(view, block);
    const wanted = chosenOf(state, readList(body ?? []));
    const changes = block.journal.balances.filter(({ slot }) => slot === creditedAt);
    const sum = sums(changes);
    const data = {
      ideal_rewards: idealRewards(incrementOf(rules), state, credited),
      total_rewards: credited.eligible
        .filter((validator) => wanted === null || wanted.has(validator))
        .map((validator) => {
          const of = (component: Component) => (sum.get(`${validator}:${component}`) ?? 0n).toString();
          return {
            ...{ head: of('head'), target: of('target'), source: of('source') },
            ...{ inclusion_delay: '0', inactivity: of('inactivity') },
            validator_index: validator.toString(),
          };
        }),
    };
    return framed(view, data, view.isFinalized(block));
  });

  server.get<{ Params: { id: string } }>(`${BASE}/blocks/:id`, ({ params }) => {
    const block = resolveBlock(view, params.id);
    const proposer = block.signed.message.proposerIndex;
    const sum = sums(block.journal.balances.filter(({ slot }) => slot === block.slot));
    const of = (component: Component) => sum.get(`${proposer}:${component}`) ?? 0n;
    const parts = {
      attestations: of('proposer_attestations'),
      sync_aggregate: of('proposer_sync'),
      proposer_slashings: of('proposer_slashings'),
      attester_slashings: of('attester_slashings'),
    };
    const total = Object.values(parts).reduce((gwei, part) => gwei + part, 0n);
    const texts = Object.fromEntries(Object.entries(parts).map(([name, gwei]) => [name, gwei.toString()]));
    const data = { proposer_index: proposer.toString(), total: total.toString(), ...texts };
    return framed(view, data, view.isFinalized(block));
  });

  server.post<{ Params: { id: string } }>(`${BASE}/sync_committee/:id`, ({ params, body }) => {
    const block = resolveBlock(view, params.id);
    const wanted = chosenOf(stateOf(view, block), readList(body ?? []));
    const sum = sums(block.journal.balances.filter(({ slot }) => slot === block.slot));
    const members = [...new Set(block.journal.sync.map(({ validator }) => validator))];
    const data = members
      .filter((validator) => wanted === null || wanted.has(validator))
      .map((validator) => ({
        validator_index: validator.toString(),
        reward: (sum.get(`${validator}:sync`) ?? 0n).toString(),
      }));
    return framed(view, data, view.isFinalized(block));
  });
}

/** The first block of the chain at or after a slot. */
function firstFrom(view: NodeView, slot: number): BlockNode | null {
  for (let at = slot; at <= view.head.slot; at += 1) {
    const block = view.canonicalAt(at);
    if (block !== undefined) return block;
  }
  return null;
}

function stateOf(view: NodeView, block: BlockNode): BeaconState {
  if (block.postState === null) throw notFound('the state is not kept any more');
  return view.simulation.tree.stateAt(block, block.slot);
}

/** Nobody named means everybody. */
const chosenOf = (state: BeaconState, ids: readonly unknown[]): ReadonlySet<number> | null =>
  ids.length === 0 ? null : new Set(resolveValidators(state, ids));

/** By validator and component: what the rules say, as clients answer it, even where a balance ended at zero. */
function sums(changes: readonly BalanceChange[]): Map<string, bigint> {
  const sum = new Map<string, bigint>();
  for (const { validator, component, owedGwei } of changes) {
    const key = `${validator}:${component}`;
    sum.set(key, (sum.get(key) ?? 0n) + owedGwei);
  }
  return sum;
}

/** What a perfect vote earned, for every effective balance there is up to the highest. */
function idealRewards(increment: bigint, state: BeaconState, credited: EpochRewards) {
  const highest = state.validators.reduce((most, { effectiveBalance }) => {
    return effectiveBalance > most ? effectiveBalance : most;
  }, 32n * increment);
  const rows = Number(highest / increment) + 1;
  return Array.from({ length: rows }, (_, increments) => {
    const base = BigInt(increments) * credited.baseRewardPerIncrement;
    const [source, target, head] = FLAGS.map(({ weight }, flag) => {
      const participating = credited.inLeak ? 0n : (credited.participatingIncrements[flag] ?? 0n);
      return ((base * weight * participating) / (credited.activeIncrements * WEIGHT_DENOMINATOR)).toString();
    });
    return {
      ...{ head, target, source, inclusion_delay: '0', inactivity: '0' },
      effective_balance: (BigInt(increments) * increment).toString(),
    };
  });
}
