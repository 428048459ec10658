import type { FastifyInstance } from 'fastify';
import { committeesOf } from '../../chain/committees.ts';
import { proposersOf } from '../../chain/proposers.ts';
import { epochAt, startSlotOf } from '../../chain/rules.ts';
import { syncPeriodOf } from '../../chain/sync-committee.ts';
import { validatorAt } from '../../chain/state.ts';
import { badRequest } from '../api-error.ts';
import { readInteger, resolveValidators } from '../identifiers.ts';
import type { NodeView } from '../node-view.ts';
import { readList } from '../read-body.ts';

interface DutyRoute {
  Params: { epoch: string };
}

const BASE = '/eth/v1/validator';

export function dutyRoutes(server: FastifyInstance, view: NodeView): void {
  const { rules, simulation } = view;

  const upTo = (text: string, ahead: number): number => {
    const epoch = readInteger(text, 'epoch');
    const latest = view.currentEpoch + ahead;
    if (epoch > latest) throw badRequest(`epoch ${epoch} is too far ahead, duties are known up to ${latest}`);
    return epoch;
  };

  server.post<DutyRoute>(`${BASE}/duties/attester/:epoch`, ({ params, body }) => {
    const epoch = upTo(params.epoch, 1);
    const state = view.dutyState(epoch);
    const wanted = new Set(resolveValidators(state, readList(body)));
    const { bySlot, perSlot } = committeesOf(rules, state, epoch);
    const data = bySlot.flatMap((committees, offset) =>
      committees.flatMap((members, committeeIndex) =>
        members.flatMap((validator, position) =>
          wanted.has(validator)
            ? {
                pubkey: validatorAt(state, validator).pubkey,
                validator_index: validator.toString(),
                committee_index: committeeIndex.toString(),
                committee_length: members.length.toString(),
                committees_at_slot: perSlot.toString(),
                validator_committee_index: position.toString(),
                slot: (startSlotOf(rules, epoch) + offset).toString(),
              }
            : [],
        ),
      ),
    );
    return dependent(view, data, startSlotOf(rules, epoch - 1));
  });

  server.get<DutyRoute>(`${BASE}/duties/proposer/:epoch`, ({ params }) => {
    const epoch = upTo(params.epoch, 1);
    const state = view.dutyState(epoch);
    const data = proposersOf(rules, state, epoch).map((validator, offset) => ({
      slot: (startSlotOf(rules, epoch) + offset).toString(),
      validator_index: validator.toString(),
      pubkey: validatorAt(state, validator).pubkey,
    }));
    return dependent(view, data, startSlotOf(rules, epoch));
  });

  server.post<DutyRoute>(`${BASE}/duties/sync/:epoch`, ({ params, body }) => {
    const epoch = readInteger(params.epoch, 'epoch');
    const state = view.dutyState(epoch);
    const ahead = syncPeriodOf(rules, epoch) - syncPeriodOf(rules, epochAt(rules, state.slot));
    if (ahead > 1) throw badRequest(`epoch ${epoch} is too far ahead, its sync committee is not known`);
    const members = ahead === 0 ? state.currentSyncCommittee : state.nextSyncCommittee;
    const data = resolveValidators(state, readList(body)).flatMap((validator) => {
      const positions = members.flatMap((member, position) => (member === validator ? position : []));
      const { pubkey } = validatorAt(state, validator);
      return positions.length === 0
        ? []
        : {
            pubkey,
            validator_index: validator.toString(),
            validator_sync_committee_indices: positions.map(String),
          };
    });
    return { data, execution_optimistic: view.conditions.optimistic };
  });

  server.post<DutyRoute>(`${BASE}/liveness/:epoch`, ({ params, body }) => {
    const epoch = readInteger(params.epoch, 'epoch');
    if (Math.abs(epoch - view.currentEpoch) > 1) {
      throw badRequest(
        `Request epoch ${epoch} is more than one epoch before or after the current epoch ${view.currentEpoch}`,
      );
    }
    const data = resolveValidators(view.presentState, readList(body)).map((validator) => ({
      index: validator.toString(),
      is_live: simulation.attestations.seen(epoch, validator).length > 0,
    }));
    return { data };
  });
}

/** Duties hold as long as the block before that slot is the same. */
const dependent = (view: NodeView, data: unknown, slot: number) => ({
  data,
  execution_optimistic: view.conditions.optimistic,
  dependent_root: view.rootBefore(slot),
});
