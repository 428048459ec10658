import { DOMAIN_BEACON_ATTESTER, DOMAIN_BEACON_PROPOSER } from '@lodestar/params';
import { ssz } from '@lodestar/types';
import { epochOfSlot, forkAtEpoch, type ChainSpec } from '../../core/chain/chain-spec.ts';
import { isAtLeast } from '../../core/chain/fork.ts';
import { signatureHolds } from '../../core/chain/signature-holds.ts';
import { computeDomain, computeSigningRoot } from '../../core/chain/signing-root.ts';
import { fromHex, toHex } from '../../core/hex.ts';
import { bytesOf, type Epoch, type Root, type Slot } from '../../core/units.ts';
import type { AttestationDataFacts, BlockFacts } from '../model/block-facts.ts';
import type { WatchedValidator } from '../model/watched-validator.ts';
import { foreignError } from './foreign-errors.ts';
import type { SeenMessage } from './seen-message.ts';

/** Loaded only after a preset was chosen: see core/chain/preset.ts. */

/** The block that has a message. */
export interface InBlock {
  readonly slot: Slot;
  /** Null in what was written before blocks were named. */
  readonly root: Root | null;
}

/** @throws FOREIGN_MESSAGE_IMPOSSIBLE */
export function seenVote(
  spec: ChainSpec,
  { index: validatorIndex, pubkey }: WatchedValidator,
  data: AttestationDataFacts,
  inBlock: InBlock,
): SeenMessage {
  const { source, target } = data;
  assertPossible(spec, data);
  const json = voteJson(data);
  const root = ssz.phase0.AttestationDataBigint.hashTreeRoot({
    slot: data.slot,
    index: data.index,
    beaconBlockRoot: fromHex(data.beaconBlockRoot, 'beacon_block_root', 32),
    source: { epoch: source.epoch, root: fromHex(source.root, 'source.root', 32) },
    target: { epoch: target.epoch, root: fromHex(target.root, 'target.root', 32) },
  });
  return {
    ...{ pubkey, validatorIndex, kind: 'attestation', slot: data.slot },
    vote: { source: source.epoch, target: target.epoch },
    ...signing(spec, DOMAIN_BEACON_ATTESTER, target.epoch, root),
    onChain: JSON.stringify({
      validator_index: validatorIndex.toString(),
      attestation_data: json,
      included_in: { slot: inBlock.slot.toString(), root: inBlock.root },
    }),
  };
}

/** @throws FOREIGN_MESSAGE_IMPOSSIBLE */
export function seenBlock(
  spec: ChainSpec,
  { index: validatorIndex, pubkey }: WatchedValidator,
  block: BlockFacts,
): SeenMessage {
  const { slot, root, proposerIndex } = block;
  if (proposerIndex !== validatorIndex) {
    throw foreignError(
      'FOREIGN_MESSAGE_IMPOSSIBLE',
      `the block of slot ${slot} is of validator ${proposerIndex}, not of ${validatorIndex}`,
    );
  }
  return {
    ...{ pubkey, validatorIndex, kind: 'block', slot, vote: null },
    ...signing(spec, DOMAIN_BEACON_PROPOSER, epochOfSlot(spec, slot), bytesOf(root)),
    onChain: JSON.stringify({
      block: {
        slot: slot.toString(),
        proposer_index: proposerIndex.toString(),
        parent_root: block.parentRoot,
        state_root: block.stateRoot,
        root,
      },
      signature: block.signature,
    }),
  };
}

/**
 * Whether the proposer has signed a block that was seen as its own. A root proves what the block says and not who says
 * it: without this, whoever answers for a node could accuse any key.
 */
export const isOfItsProposer = ({ signingRoot, pubkey }: SeenMessage, { signature }: BlockFacts): boolean =>
  signatureHolds(signingRoot, pubkey, signature);

function signing(spec: ChainSpec, domainType: Uint8Array, at: Epoch, objectRoot: Uint8Array) {
  const { version } = forkAtEpoch(spec, at);
  const domain = computeDomain(domainType, version, spec.genesisValidatorsRoot);
  return { signingRoot: computeSigningRoot(objectRoot, domain), forkVersion: toHex(version) };
}

/** A chain that holds anything else is not the one whose rules its signing root was computed with. */
function assertPossible(spec: ChainSpec, { slot, index, target, source }: AttestationDataFacts): void {
  const impossible = (what: string): Error =>
    foreignError('FOREIGN_MESSAGE_IMPOSSIBLE', `the vote of slot ${slot}: ${what}`);
  const due = epochOfSlot(spec, slot);
  if (target.epoch !== due) throw impossible(`its target is ${target.epoch}, the slot is in epoch ${due}`);
  if (source.epoch > target.epoch) throw impossible('its source is after its target');
  const { name } = forkAtEpoch(spec, due);
  const most = isAtLeast(name, 'gloas') ? 1n : isAtLeast(name, 'electra') ? 0n : 63n;
  if (index > most) throw impossible(`its index is ${index}, in ${name} it is at most ${most}`);
}

const voteJson = ({ slot, index, beaconBlockRoot, source, target }: AttestationDataFacts) => ({
  slot: slot.toString(),
  index: index.toString(),
  beacon_block_root: beaconBlockRoot,
  source: { epoch: source.epoch.toString(), root: source.root },
  target: { epoch: target.epoch.toString(), root: target.root },
});
