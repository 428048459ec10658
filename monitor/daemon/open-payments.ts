import { block } from '../../beacon/index.ts';
import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import { isVigilError } from '../../core/errors.ts';
import { blockFacts, type BeaconSource } from '../chain/index.ts';
import { withdrawalAddress, type OpenPayments } from '../execution/index.ts';
import type { MonitorStore } from '../store/index.ts';

/** Blocks asked about in one round. */
const AT_ONCE = 4;

/** Payments of the database that nobody could tell, and the blocks that they are of. */
export function openPayments(nodes: BeaconSource, spec: ChainSpec, store: MonitorStore): OpenPayments {
  return {
    next: (cursor) => store.query.payments({}, { confidence: 'unresolved' }, { cursor, limit: AT_ONCE }),
    improve: (payment) => store.improvePayment(payment),
    proposer(index) {
      const known = store.knownValidator(index);
      return known === null
        ? null
        : { index, pubkey: known.pubkey, withdrawal: withdrawalAddress(store.statusOf(index)) };
    },
    async blockAt(slot) {
      try {
        return blockFacts((await nodes.ask(block(slot, spec))).data);
      } catch (error) {
        if (isVigilError(error, 'BEACON_NOT_FOUND')) return null;
        throw error;
      }
    },
  };
}
