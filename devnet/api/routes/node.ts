import type { FastifyInstance } from 'fastify';
import type { NodeView } from '../node-view.ts';

const PEER_ID = '16Uiu2HAmDevnetDevnetDevnetDevnetDevnetDevnetDevnetDevn';

export function nodeRoutes(server: FastifyInstance, view: NodeView): void {
  const { conditions, simulation } = view;
  server.get('/eth/v1/node/version', () => ({ data: { version: 'Vigil-devnet/v0.1.0' } }));

  server.get('/eth/v1/node/syncing', () => ({
    data: {
      head_slot: view.head.slot.toString(),
      sync_distance: Math.max(0, simulation.slot - view.head.slot).toString(),
      is_syncing: conditions.syncing,
      is_optimistic: conditions.optimistic,
      el_offline: conditions.elOffline,
    },
  }));

  server.get('/eth/v1/node/health', async (_request, reply) => {
    const status = conditions.syncing || conditions.optimistic ? 206 : 200;
    await reply.code(status).send();
  });

  server.get('/eth/v1/node/identity', () => ({
    data: {
      peer_id: PEER_ID,
      enr: '',
      p2p_addresses: [`/ip4/127.0.0.1/tcp/9000/p2p/${PEER_ID}`],
      discovery_addresses: [],
      metadata: { seq_number: '0', attnets: '0x0000000000000000', syncnets: '0x0f' },
    },
  }));

  server.get('/eth/v1/node/peers', () => ({ data: [], meta: { count: 0 } }));

  server.get('/eth/v1/node/peer_count', () => ({
    data: { disconnected: '0', connecting: '0', connected: '0', disconnecting: '0' },
  }));
}
