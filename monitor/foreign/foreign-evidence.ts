import { z } from 'zod';
import { epochOfSlot, forkAtEpoch, type ChainSpec } from '../../core/chain/chain-spec.ts';
import { toHex } from '../../core/hex.ts';
import { parseUint64 } from '../../core/uint64.ts';
import { epoch, parseRoot, type Root } from '../../core/units.ts';
import type { ForeignMessage } from '../model/foreign-message.ts';
import { foreignError } from './foreign-errors.ts';
import type { SeenMessage } from './seen-message.ts';

const voteOnChain = z.object({
  attestation_data: z.object({
    source: z.object({ epoch: z.string() }),
    target: z.object({ epoch: z.string() }),
  }),
});

/** The message that a piece of evidence is about, as it was seen. @throws FOREIGN_MESSAGE_IMPOSSIBLE */
export function seenAgain(spec: ChainSpec, foreign: ForeignMessage): SeenMessage {
  const { pubkey, validatorIndex, kind, slot, signingRoot, onChain } = foreign;
  const { version } = forkAtEpoch(spec, epochOfSlot(spec, slot));
  const common = { pubkey, validatorIndex, kind, slot, signingRoot, onChain, forkVersion: toHex(version) };
  if (kind === 'block') return { ...common, vote: null };
  try {
    const { source, target } = voteOnChain.parse(JSON.parse(onChain)).attestation_data;
    const at = (text: string, field: string) => epoch(parseUint64(text, field));
    return { ...common, vote: { source: at(source.epoch, 'source'), target: at(target.epoch, 'target') } };
  } catch (error) {
    throw foreignError(
      'FOREIGN_MESSAGE_IMPOSSIBLE',
      `the evidence of signing root ${signingRoot} cannot be read`,
      error,
    );
  }
}

const included = z.object({ included_in: z.object({ root: z.string().nullable() }) });

/** The block that has a vote; null for a block, and in evidence from before it was named. */
export function blockWith({ kind, onChain }: Pick<SeenMessage, 'kind' | 'onChain'>): Root | null {
  if (kind === 'block') return null;
  const { root } = included.parse(JSON.parse(onChain)).included_in;
  return root === null ? null : parseRoot(root, 'root');
}

/** What the signer will tell everybody who asks it for a signature of this key. */
export const freezeReason = ({ kind, slot, signingRoot, validatorIndex }: ForeignMessage): string =>
  `foreign signature: the ${kind} of slot ${slot} of validator ${validatorIndex} on chain, signing root ${signingRoot}, ` +
  'was signed by somebody else who has this key';
