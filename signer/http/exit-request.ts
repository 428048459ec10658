import { forkAtEpoch, type ChainSpec } from '../../core/chain/chain-spec.ts';
import { toHex } from '../../core/hex.ts';
import type { JsonObject } from '../../core/json/parse-strict-json.ts';
import type { Epoch } from '../../core/units.ts';

/** The sign request that a validator client on our network and fork would send for an exit. */
export function exitRequest(
  exit: { readonly epoch: string; readonly validator_index: string },
  at: Epoch,
  spec: ChainSpec,
): JsonObject {
  const fork = forkAtEpoch(spec, at);
  const version = toHex(fork.version);
  return {
    type: 'VOLUNTARY_EXIT',
    voluntary_exit: { ...exit },
    fork_info: {
      fork: { previous_version: version, current_version: version, epoch: fork.epoch.toString() },
      genesis_validators_root: spec.genesisValidatorsRoot,
    },
  };
}
