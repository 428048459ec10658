import type { SecretKey } from '@chainsafe/blst';
import { DOMAIN_VOLUNTARY_EXIT } from '@lodestar/params';
import { ssz } from '@lodestar/types';
import { forkNamed, type ChainSpec } from '../../core/chain/chain-spec.ts';
import { signatureHolds } from '../../core/chain/signature-holds.ts';
import { computeDomain, computeSigningRoot } from '../../core/chain/signing-root.ts';
import { FAR_FUTURE_EPOCH } from '../../core/uint64.ts';
import { bytesOf, type Pubkey, type Root } from '../../core/units.ts';
import { keyLifeError } from '../key-life-errors.ts';
import type { SignedExit } from './operations-file.ts';

/** Signs an exit. It stays valid through all forks to come, and cannot be taken back. @throws OPERATION_REFUSED */
export function signExit(message: SignedExit['message'], secretKey: SecretKey, spec: ChainSpec): SignedExit {
  const signature = secretKey.sign(bytesOf(exitSigningRoot(message, spec))).toHex();
  return { message, signature };
}

export const exitSignatureHolds = (exit: SignedExit, pubkey: Pubkey, spec: ChainSpec): boolean =>
  signatureHolds(exitSigningRoot(exit.message, spec), pubkey, exit.signature);

/** @throws OPERATION_REFUSED */
export function exitSigningRoot(message: SignedExit['message'], spec: ChainSpec): Root {
  const objectRoot = ssz.phase0.VoluntaryExit.hashTreeRoot(ssz.phase0.VoluntaryExit.fromJson(message));
  const domain = computeDomain(DOMAIN_VOLUNTARY_EXIT, exitForkVersion(spec), spec.genesisValidatorsRoot);
  return computeSigningRoot(objectRoot, domain);
}

/** EIP-7044: since Deneb an exit is signed with the version of Capella, whatever fork is in force. */
function exitForkVersion(spec: ChainSpec): Uint8Array {
  const [capella, deneb] = [forkNamed(spec, 'capella'), forkNamed(spec, 'deneb')];
  if (capella === undefined || deneb === undefined || deneb.epoch === FAR_FUTURE_EPOCH) {
    throw keyLifeError(
      'OPERATION_REFUSED',
      `${spec.name} has no Deneb fork: its exits do not outlive a fork`,
    );
  }
  return capella.version;
}
