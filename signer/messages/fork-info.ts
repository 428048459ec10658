import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import { fromHex } from '../../core/hex.ts';
import type { JsonObject } from '../../core/json/parse-strict-json.ts';
import { parseUint64 } from '../../core/uint64.ts';
import { parseRoot, type Epoch } from '../../core/units.ts';
import { signerError } from '../errors.ts';
import { optionalMember, requireMember, requireObject } from './decode/members.ts';

/** The fork version that the client takes to be in force at an epoch, 4 bytes. */
export type ClientForkVersion = (at: Epoch) => Uint8Array;

/**
 * Reads `fork_info`. The genesis validators root must be ours for every message that is bound to it, slashable
 * or not. `fork.epoch` only tells the two versions apart: clients put the epoch of the message there.
 * @throws FORK_INFO_MISSING, GENESIS_VALIDATORS_ROOT_MISMATCH, MALFORMED_MESSAGE, BAD_HEX, BAD_INTEGER
 */
export function readForkInfo(request: JsonObject, spec: ChainSpec): ClientForkVersion {
  const sent = optionalMember(request, 'fork_info');
  if (sent === null) throw signerError('FORK_INFO_MISSING');
  const forkInfo = requireObject(sent, 'fork_info');
  const fork = requireObject(requireMember(forkInfo, 'fork', 'fork_info'), 'fork_info.fork');
  const member = (key: string) => requireMember(fork, key, 'fork_info.fork');
  const previousVersion = fromHex(member('previous_version'), 'fork_info.fork.previous_version', 4);
  const currentVersion = fromHex(member('current_version'), 'fork_info.fork.current_version', 4);
  const forkEpoch = parseUint64(member('epoch'), 'fork_info.fork.epoch');
  checkGenesisValidatorsRoot(forkInfo, spec);
  return (at) => (at < forkEpoch ? previousVersion : currentVersion);
}

function checkGenesisValidatorsRoot(forkInfo: JsonObject, spec: ChainSpec): void {
  const path = 'fork_info.genesis_validators_root';
  const root = parseRoot(requireMember(forkInfo, 'genesis_validators_root', 'fork_info'), path);
  if (root !== spec.genesisValidatorsRoot) {
    throw signerError(
      'GENESIS_VALIDATORS_ROOT_MISMATCH',
      `${path} is ${root}, that of ${spec.name} is ${spec.genesisValidatorsRoot}`,
    );
  }
}
