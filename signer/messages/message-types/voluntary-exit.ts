import { DOMAIN_VOLUNTARY_EXIT } from '@lodestar/params';
import { ssz } from '@lodestar/types';
import { forkAtEpoch, forkNamed } from '../../../core/chain/chain-spec.ts';
import { isAtLeast } from '../../../core/chain/fork.ts';
import { coreError } from '../../../core/core-errors.ts';
import { epoch, type Epoch } from '../../../core/units.ts';
import { decodeAndHash } from '../decode/decoded-root.ts';
import type { MessageDefinition, ParseContext } from '../message-definition.ts';

export const voluntaryExit = {
  type: 'VOLUNTARY_EXIT',
  payloadKey: 'voluntary_exit',
  read(payload, path, context) {
    const { value, root } = decodeAndHash(ssz.phase0.VoluntaryExit, payload, path);
    const at = epoch(BigInt(value.epoch));
    return {
      objectRoot: root,
      guarded: (signingRoot) => ({ kind: 'unslashable', signingRoot, irrevocable: true }),
      domain: { kind: 'pinned', type: DOMAIN_VOLUNTARY_EXIT, epoch: at, version: exitVersion(at, context) },
      facts: { validatorIndex: BigInt(value.validatorIndex) },
    };
  },
} as const satisfies MessageDefinition;

/**
 * EIP-7044: since Deneb the chain checks every exit with the Capella version, so that an exit signed once stays
 * valid. Deneb may be reached by the epoch of the exit or by the clock, whichever is later, because a chain past
 * Deneb applies the rule to exits for earlier epochs too.
 */
function exitVersion(at: Epoch, { spec, clock }: ParseContext): Uint8Array {
  const now = clock.currentEpoch();
  if (!isAtLeast(forkAtEpoch(spec, at > now ? at : now).name, 'deneb')) return forkAtEpoch(spec, at).version;
  const capella = forkNamed(spec, 'capella');
  if (capella === undefined) {
    throw coreError(
      'CHAIN_SPEC_INVALID',
      `${spec.name} has Deneb, but no CAPELLA_FORK_VERSION to sign exits`,
    );
  }
  return capella.version;
}
