import type { BeaconNode } from '../beacon/beacon-node.ts';
import { beaconError, gaveNoAnswer } from '../beacon/errors.ts';
import type { ChainSpec } from '../core/chain/chain-spec.ts';
import type { Logger } from '../core/log/logger.ts';

/**
 * A node of another network is refused; one that is down is not: the signer has to start without it.
 * @throws BEACON_WRONG_NETWORK
 */
export async function assertSameNetwork(
  nodes: readonly BeaconNode[],
  spec: ChainSpec,
  log: Logger,
): Promise<void> {
  for (const node of nodes) {
    try {
      const { genesisValidatorsRoot } = await node.genesis();
      if (genesisValidatorsRoot !== spec.genesisValidatorsRoot) {
        throw beaconError(
          'BEACON_WRONG_NETWORK',
          `${node.name} has genesis validators root ${genesisValidatorsRoot}`,
        );
      }
    } catch (error) {
      if (!gaveNoAnswer(error)) throw error;
      log.warn({ code: error.code, hint: error.hint }, error.message);
    }
  }
}
