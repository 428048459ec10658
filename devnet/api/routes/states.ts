import type { FastifyInstance } from 'fastify';
import { forkAtEpoch } from '../../../core/chain/chain-spec.ts';
import { toHex } from '../../../core/hex.ts';
import { epoch as epochUnit } from '../../../core/units.ts';
import { committeesOf } from '../../chain/committees.ts';
import { epochAt, startSlotOf } from '../../chain/rules.ts';
import { randaoMixAt } from '../../chain/seeds.ts';
import { stateRoot } from '../../chain/state-root.ts';
import { syncPeriodOf } from '../../chain/sync-committee.ts';
import type { Checkpoint } from '../../chain/state.ts';
import { epochText, framed } from '../answers.ts';
import { badRequest, notFound } from '../api-error.ts';
import { readInteger, resolveState } from '../identifiers.ts';
import type { NodeView } from '../node-view.ts';

interface StateRoute {
  Params: { id: string };
  Querystring: Record<string, unknown>;
}

const BASE = '/eth/v1/beacon/states/:id';
const SYNC_SUBCOMMITTEES = 4;

export function stateRoutes(server: FastifyInstance, view: NodeView): void {
  const { rules, spec } = view.simulation.context;

  server.get<StateRoute>(`${BASE}/root`, ({ params }) => {
    const { state, finalized } = resolveState(view, params.id);
    return framed(view, { root: toHex(stateRoot(state)) }, finalized);
  });

  server.get<StateRoute>(`${BASE}/fork`, ({ params }) => {
    const { state, finalized } = resolveState(view, params.id);
    const current = forkAtEpoch(spec, epochUnit(BigInt(epochAt(rules, state.slot))));
    const previous = spec.forks[spec.forks.indexOf(current) - 1] ?? current;
    const data = {
      previous_version: toHex(previous.version),
      current_version: toHex(current.version),
      epoch: current.epoch.toString(),
    };
    return framed(view, data, finalized);
  });

  server.get<StateRoute>(`${BASE}/finality_checkpoints`, ({ params }) => {
    const { state, finalized } = resolveState(view, params.id);
    const data = {
      previous_justified: checkpointJson(state.previousJustified),
      current_justified: checkpointJson(state.currentJustified),
      finalized: checkpointJson(state.finalized),
    };
    return framed(view, data, finalized);
  });

  server.get<StateRoute>(`${BASE}/randao`, ({ params, query }) => {
    const { state, finalized } = resolveState(view, params.id);
    const current = epochAt(rules, state.slot);
    const epoch = query['epoch'] === undefined ? current : readInteger(query['epoch'], 'epoch');
    if (epoch > current || epoch < current - 2) throw badRequest(`the state has no mix of epoch ${epoch}`);
    return framed(view, { randao: toHex(randaoMixAt(state, epoch)) }, finalized);
  });

  server.get<StateRoute>(`${BASE}/committees`, ({ params, query }) => {
    const { state, finalized } = resolveState(view, params.id);
    const current = epochAt(rules, state.slot);
    const epoch = query['epoch'] === undefined ? current : readInteger(query['epoch'], 'epoch');
    if (Math.abs(epoch - current) > 1) throw badRequest(`epoch ${epoch} is not near the state's, ${current}`);
    const data = committeesOf(rules, state, epoch).bySlot.flatMap((committees, offset) =>
      committees.map((members, index) => ({
        index: index.toString(),
        slot: (startSlotOf(rules, epoch) + offset).toString(),
        validators: members.map(String),
      })),
    );
    const only = (key: 'index' | 'slot') => (entry: { index: string; slot: string }) =>
      query[key] === undefined || entry[key] === query[key];
    return framed(view, data.filter(only('index')).filter(only('slot')), finalized);
  });

  server.get<StateRoute>(`${BASE}/sync_committees`, ({ params, query }) => {
    const { state, finalized } = resolveState(view, params.id);
    const current = epochAt(rules, state.slot);
    const epoch = query['epoch'] === undefined ? current : readInteger(query['epoch'], 'epoch');
    const ahead = syncPeriodOf(rules, epoch) - syncPeriodOf(rules, current);
    if (ahead !== 0 && ahead !== 1)
      throw badRequest(`the state does not know the committee of epoch ${epoch}`);
    const members = ahead === 0 ? state.currentSyncCommittee : state.nextSyncCommittee;
    const size = members.length / SYNC_SUBCOMMITTEES;
    const aggregates = Array.from({ length: SYNC_SUBCOMMITTEES }, (_, at) =>
      members.slice(at * size, (at + 1) * size).map(String),
    );
    const data = { validators: members.map(String), validator_aggregates: aggregates };
    return framed(view, data, finalized);
  });

  server.get<StateRoute>(`${BASE}/proposer_lookahead`, ({ params }) => {
    const { state, finalized } = resolveState(view, params.id);
    if (state.proposerLookahead === null) throw notFound('there is no lookahead before Fulu');
    return {
      version: view.versionAt(state.slot),
      ...framed(view, state.proposerLookahead.map(String), finalized),
    };
  });

  server.get<StateRoute>(`${BASE}/pending_deposits`, ({ params }) => {
    const { state, finalized } = resolveState(view, params.id);
    const data = state.pendingDeposits.map((deposit) => ({
      pubkey: deposit.pubkey,
      withdrawal_credentials: deposit.withdrawalCredentials,
      amount: deposit.amount.toString(),
      signature: toHex(deposit.signature),
      slot: deposit.slot.toString(),
    }));
    return { version: view.versionAt(state.slot), ...framed(view, data, finalized) };
  });

  server.get<StateRoute>(`${BASE}/pending_partial_withdrawals`, ({ params }) => {
    const { state, finalized } = resolveState(view, params.id);
    const data = state.pendingPartialWithdrawals.map((partial) => ({
      validator_index: partial.validatorIndex.toString(),
      amount: partial.amount.toString(),
      withdrawable_epoch: epochText(partial.withdrawableEpoch),
    }));
    return { version: view.versionAt(state.slot), ...framed(view, data, finalized) };
  });

  server.get<StateRoute>(`${BASE}/pending_consolidations`, ({ params }) => {
    const { state, finalized } = resolveState(view, params.id);
    const data = state.pendingConsolidations.map(({ sourceIndex, targetIndex }) => ({
      source_index: sourceIndex.toString(),
      target_index: targetIndex.toString(),
    }));
    return { version: view.versionAt(state.slot), ...framed(view, data, finalized) };
  });
}

const checkpointJson = ({ epoch, root }: Checkpoint) => ({ epoch: epoch.toString(), root });
