import type { FastifyInstance } from 'fastify';
import { toHex } from '../../../core/hex.ts';
import { FAR_FUTURE_EPOCH } from '../../../core/uint64.ts';
import { configValues } from '../../chain/config-values.ts';
import type { NodeView } from '../node-view.ts';

export function configRoutes(server: FastifyInstance, view: NodeView): void {
  const { spec, rules } = view.simulation.context;
  const values = configValues(rules);

  server.get('/eth/v1/config/spec', () => ({ data: values }));

  server.get('/eth/v1/config/fork_schedule', () => ({
    data: spec.forks
      .filter(({ epoch }) => epoch !== FAR_FUTURE_EPOCH)
      .map(({ version, epoch }, at) => ({
        previous_version: toHex((spec.forks[at - 1] ?? { version }).version),
        current_version: toHex(version),
        epoch: epoch.toString(),
      })),
  }));

  server.get('/eth/v1/config/deposit_contract', () => ({
    data: { chain_id: values['DEPOSIT_CHAIN_ID'], address: values['DEPOSIT_CONTRACT_ADDRESS'] },
  }));

  server.get('/eth/v1/beacon/genesis', () => ({
    data: {
      genesis_validators_root: spec.genesisValidatorsRoot,
      genesis_time: spec.genesisTimeSeconds.toString(),
      genesis_fork_version: toHex(spec.forks[0]?.version ?? new Uint8Array(4)),
    },
  }));
}
