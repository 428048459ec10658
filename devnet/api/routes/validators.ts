import { ssz } from '@lodestar/types';
import type { FastifyInstance } from 'fastify';
import { fromHex } from '../../../core/hex.ts';
import { epochAt } from '../../chain/rules.ts';
import type { BeaconState } from '../../chain/state.ts';
import { validatorAt } from '../../chain/state.ts';
import { epochText, framed, listOf, sendSsz, wantsSsz } from '../answers.ts';
import { badRequest, notFound } from '../api-error.ts';
import { resolveState, resolveValidator, resolveValidators } from '../identifiers.ts';
import type { NodeView } from '../node-view.ts';
import { readList } from '../read-body.ts';
import { hasStatus, statusOf } from '../validator-status.ts';

interface Route {
  Params: { id: string };
  Querystring: Record<string, unknown>;
}
interface OneRoute {
  Params: { id: string; validator: string };
}

const BASE = '/eth/v1/beacon/states/:id';
/** What the Beacon API lets a GET name; a POST may name more. */
const MAX_IDS = 64;

export function validatorRoutes(server: FastifyInstance, view: NodeView): void {
  const { rules } = view;

  const describe = (state: BeaconState, index: number) => {
    const validator = validatorAt(state, index);
    const balance = state.balances[index] ?? 0n;
    return {
      index: index.toString(),
      balance: balance.toString(),
      status: statusOf(validator, balance, epochAt(rules, state.slot)),
      validator: {
        pubkey: validator.pubkey,
        withdrawal_credentials: validator.withdrawalCredentials,
        effective_balance: validator.effectiveBalance.toString(),
        slashed: validator.slashed,
        activation_eligibility_epoch: epochText(validator.activationEligibilityEpoch),
        activation_epoch: epochText(validator.activationEpoch),
        exit_epoch: epochText(validator.exitEpoch),
        withdrawable_epoch: epochText(validator.withdrawableEpoch),
      },
    };
  };

  const list = (id: string, ids: readonly unknown[], statuses: readonly unknown[]) => {
    const { state, finalized } = resolveState(view, id);
    const data = chosen(state, ids)
      .map((index) => describe(state, index))
      .filter(
        ({ status }) => statuses.length === 0 || statuses.some((wanted) => hasStatus(status, String(wanted))),
      );
    return framed(view, data, finalized);
  };

  server.get<Route>(`${BASE}/validators`, ({ params, query }) => {
    const ids = listOf(query['id']);
    if (ids.length > MAX_IDS) throw badRequest(`at most ${MAX_IDS} ids can be asked for in a GET`);
    return list(params.id, ids, listOf(query['status']));
  });

  server.post<Route>(`${BASE}/validators`, ({ params, body }) => {
    const { ids, statuses } = (body ?? {}) as { ids?: unknown[] | null; statuses?: unknown[] | null };
    return list(params.id, ids ?? [], statuses ?? []);
  });

  server.get<OneRoute>(`${BASE}/validators/:validator`, ({ params }) => {
    const { state, finalized } = resolveState(view, params.id);
    const index = resolveValidator(state, params.validator);
    if (index === null) throw notFound(`No validator found for id '${params.validator}'`);
    return framed(view, describe(state, index), finalized);
  });

  const balances = (id: string, ids: readonly unknown[]) => {
    const { state, finalized } = resolveState(view, id);
    const data = chosen(state, ids).map((index) => ({ index, balance: state.balances[index] ?? 0n }));
    return { data, finalized };
  };
  const balancesJson = ({ data, finalized }: ReturnType<typeof balances>) =>
    framed(
      view,
      data.map(({ index, balance }) => ({ index: index.toString(), balance: balance.toString() })),
      finalized,
    );

  server.get<Route>(`${BASE}/validator_balances`, (request, reply) => {
    const answer = balances(request.params.id, listOf(request.query['id']));
    return wantsSsz(request) ? sendSsz(reply, balancesSsz(answer.data)) : balancesJson(answer);
  });

  server.post<Route>(`${BASE}/validator_balances`, (request, reply) => {
    const answer = balances(request.params.id, readList(request.body ?? []));
    return wantsSsz(request) ? sendSsz(reply, balancesSsz(answer.data)) : balancesJson(answer);
  });

  server.post<Route>(`${BASE}/validator_identities`, (request, reply) => {
    const { state, finalized } = resolveState(view, request.params.id);
    const indices = chosen(state, readList(request.body ?? []));
    if (wantsSsz(request)) return sendSsz(reply, identitiesSsz(state, indices));
    const data = indices.map((index) => {
      const { pubkey, activationEpoch } = validatorAt(state, index);
      return { index: index.toString(), pubkey, activation_epoch: epochText(activationEpoch) };
    });
    return framed(view, data, finalized);
  });
}

/** No ids at all mean everybody. */
const chosen = (state: BeaconState, ids: readonly unknown[]): number[] =>
  ids.length === 0 ? [...state.validators.keys()] : resolveValidators(state, ids);

/** `List[{index: uint64, balance: uint64}]`: sixteen bytes each. */
function balancesSsz(data: readonly { index: number; balance: bigint }[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(data.length * 16));
  data.forEach(({ index, balance }, at) => {
    bytes.setBigUint64(at * 16, BigInt(index), true);
    bytes.setBigUint64(at * 16 + 8, balance, true);
  });
  return new Uint8Array(bytes.buffer);
}

/** `List[{index: uint64, pubkey: Bytes48, activation_epoch: uint64}]`. */
function identitiesSsz(state: BeaconState, indices: readonly number[]): Uint8Array {
  const parts = indices.map((index) => {
    const { pubkey, activationEpoch } = validatorAt(state, index);
    return Buffer.concat([
      ssz.UintNum64.serialize(index),
      fromHex(pubkey, 'pubkey', 48),
      ssz.EpochInf.serialize(activationEpoch),
    ]);
  });
  return new Uint8Array(Buffer.concat(parts));
}
