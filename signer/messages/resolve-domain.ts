import { forkAtEpoch, forkNamed, type ChainSpec } from '../../core/chain/chain-spec.ts';
import { FORK_NAMES, type ForkName } from '../../core/chain/fork.ts';
import { computeDomain, type Domain } from '../../core/chain/signing-root.ts';
import { toHex } from '../../core/hex.ts';
import type { JsonObject } from '../../core/json/parse-strict-json.ts';
import { FAR_FUTURE_EPOCH } from '../../core/uint64.ts';
import { ZERO_ROOT, type Epoch } from '../../core/units.ts';
import { signerError } from '../errors.ts';
import { optionalMember } from './decode/members.ts';
import type { DomainRule } from './domain-rule.ts';
import { readForkInfo } from './fork-info.ts';
import type { DecodedMessage } from './message-definition.ts';

/**
 * The domain of a message, always from our own schedule: the client's `fork_info` can only make us refuse. A
 * domain chosen by the client would let it obtain signatures that are valid on another network or fork.
 * @throws FORK_INFO_MISSING, GENESIS_VALIDATORS_ROOT_MISMATCH, FORK_VERSION_MISMATCH, MESSAGE_NOT_IN_FORK
 */
export function resolveDomain(message: DecodedMessage, request: JsonObject, spec: ChainSpec): Domain {
  const rule = message.domain;
  if (rule.kind === 'genesis') {
    if (rule.bound !== true) return computeDomain(rule.type, genesisForkVersion(spec), ZERO_ROOT);
    // Not needed, but a client that sends it must mean this network.
    if (optionalMember(request, 'fork_info') !== null) readForkInfo(request, spec);
    return computeDomain(rule.type, genesisForkVersion(spec), spec.genesisValidatorsRoot);
  }
  const sent = readForkInfo(request, spec)(rule.epoch);
  const version = rule.kind === 'fork' ? forkAtEpoch(spec, rule.epoch).version : rule.version;
  const accepted = rule.kind === 'fork' ? [version] : scheduledVersions(spec);
  if (!accepted.some((candidate) => toHex(candidate) === toHex(sent))) {
    throw signerError('FORK_VERSION_MISMATCH', describeMismatch(rule, sent, version));
  }
  checkForkRange(message, rule.epoch, spec);
  return computeDomain(rule.type, version, spec.genesisValidatorsRoot);
}

/** 4 bytes. */
export function genesisForkVersion(spec: ChainSpec): Uint8Array {
  const phase0 = forkNamed(spec, 'phase0');
  if (phase0 === undefined) throw new Error('a chain spec always has phase0');
  return phase0.version;
}

function scheduledVersions(spec: ChainSpec): Uint8Array[] {
  return spec.forks.filter((fork) => fork.epoch !== FAR_FUTURE_EPOCH).map((fork) => fork.version);
}

function describeMismatch(rule: DomainRule & { epoch: Epoch }, sent: Uint8Array, ours: Uint8Array): string {
  const known = rule.kind === 'fork' ? `it is ${toHex(ours)} here` : 'which no fork of this network has';
  return `fork_info says fork version ${toHex(sent)} for epoch ${rule.epoch.toString()}, ${known}`;
}

function checkForkRange({ firstFork, lastFork }: DecodedMessage, at: Epoch, spec: ChainSpec): void {
  const { name } = forkAtEpoch(spec, at);
  const order = (fork: ForkName): number => FORK_NAMES.indexOf(fork);
  if (
    (firstFork !== undefined && order(name) < order(firstFork)) ||
    (lastFork !== undefined && order(name) > order(lastFork))
  ) {
    throw signerError(
      'MESSAGE_NOT_IN_FORK',
      `epoch ${at.toString()} is in ${name}, which has no message of this shape`,
    );
  }
}
