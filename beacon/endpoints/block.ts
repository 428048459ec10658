import type { SignedBeaconBlock } from '@lodestar/types';
import { z } from 'zod';
import { epochOfSlot, forkAtEpoch, type ChainSpec } from '../../core/chain/chain-spec.ts';
import { FORK_NAMES, type ForkName } from '../../core/chain/fork.ts';
import { slot, type Root, type Slot } from '../../core/units.ts';
import { apiRequest, InvalidAnswer, simpleCall, type Answer, type Call } from '../node/call.ts';
import type { RawAnswer } from '../node/exchange.ts';
import type { DecodedBlock } from './block-codec.ts';
import { assertIsWhatWasAsked } from './headers.ts';
import { idText, type BlockId } from './ids.ts';
import { checked, parseJson, readEnvelope } from './read-answer.ts';

export interface BlockAnswer {
  readonly fork: ForkName;
  readonly slot: Slot;
  /** Computed from the block, not taken from the node. */
  readonly root: Root;
  readonly signedBlock: SignedBeaconBlock;
}

const forkName = z.enum(FORK_NAMES);
const versioned = z.object({ version: forkName, data: z.unknown() });

/**
 * A block, as SSZ where the node offers it. Asked for by root, the answer proves itself: the root is computed here.
 * The SSZ types are loaded at the first block, after `spec` has chosen their preset.
 * @throws BEACON_NOT_FOUND when there is no such block, for one an empty slot
 */
export function block(id: BlockId, spec: ChainSpec): Call<BlockAnswer> {
  const request = apiRequest('getBlockV2', { at: { block_id: idText(id) }, ssz: true });
  return simpleCall(request, async (raw) => {
    const { decodeBlockJson, decodeBlockSsz } = await import('./block-codec.ts');
    const isSsz = raw.contentType === 'application/octet-stream';
    const answer = isSsz ? fromSsz(raw, decodeBlockSsz) : fromJson(raw, decodeBlockJson);
    const { fork, root, signedBlock } = answer.data;
    const at = slot(BigInt(signedBlock.message.slot));
    assertIsWhatWasAsked(id, at, root);
    const due = forkAtEpoch(spec, epochOfSlot(spec, at)).name;
    if (fork !== due) throw new InvalidAnswer(`version: ${fork}, but slot ${at} is in ${due}`);
    return { ...answer, data: { fork, slot: at, root, signedBlock } };
  });
}

/** The header is the only place that says what the bytes are. */
function fromSsz(
  { bytes, consensusVersion, executionOptimistic, finalized }: RawAnswer,
  decode: (fork: ForkName, bytes: Uint8Array) => DecodedBlock,
): Answer<DecodedBlock> {
  const { version } = checked(z.object({ version: forkName }), { version: consensusVersion });
  // A client that does not send the flag as a header is watched for being optimistic by its sync status.
  return { data: decode(version, bytes), executionOptimistic: executionOptimistic ?? false, finalized };
}

function fromJson(
  raw: RawAnswer,
  decode: (fork: ForkName, json: unknown) => DecodedBlock,
): Answer<DecodedBlock> {
  const json = parseJson(raw);
  const { version, data } = checked(versioned, json);
  if (raw.consensusVersion !== null && raw.consensusVersion !== version) {
    throw new InvalidAnswer(`version: ${version} in the body, but ${raw.consensusVersion} in the header`);
  }
  return { data: decode(version, data), ...readEnvelope(json) };
}
