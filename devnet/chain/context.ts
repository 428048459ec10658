import { forkAtEpoch, type ChainSpec } from '../../core/chain/chain-spec.ts';
import { computeDomain, computeSigningRoot } from '../../core/chain/signing-root.ts';
import { epoch as epochUnit, type Root } from '../../core/units.ts';
import type { Rules } from './rules.ts';
import type { Signatures } from './signatures.ts';

/** What every step of the state transition needs besides the state. */
export interface ChainContext {
  readonly rules: Rules;
  readonly spec: ChainSpec;
  readonly signatures: Signatures;
}

/** The signing root of an object whose domain follows the fork in force at an epoch. */
export function signingRootAt(
  { spec }: ChainContext,
  domainType: Uint8Array,
  epoch: number,
  objectRoot: Uint8Array,
): Root {
  const { version } = forkAtEpoch(spec, epochUnit(BigInt(epoch)));
  return computeSigningRoot(objectRoot, computeDomain(domainType, version, spec.genesisValidatorsRoot));
}
