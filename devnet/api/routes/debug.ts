import type { FastifyInstance } from 'fastify';
import { stateView } from '../../chain/state-root.ts';
import { framed, sendSsz, wantsSsz } from '../answers.ts';
import { resolveState } from '../identifiers.ts';
import type { NodeView } from '../node-view.ts';

export function debugRoutes(server: FastifyInstance, view: NodeView): void {
  server.get('/eth/v2/debug/beacon/heads', () => ({
    data: [
      {
        slot: view.head.slot.toString(),
        root: view.head.root,
        execution_optimistic: view.conditions.optimistic,
      },
    ],
  }));

  server.get<{ Params: { id: string } }>('/eth/v2/debug/beacon/states/:id', (request, reply) => {
    const { state, finalized } = resolveState(view, request.params.id);
    const version = view.versionAt(state.slot);
    void reply.header('Eth-Consensus-Version', version);
    const whole = stateView(state);
    if (wantsSsz(request)) return sendSsz(reply, whole.serialize());
    return { version, ...framed(view, whole.type.toJson(whole.toValue()), finalized) };
  });
}
