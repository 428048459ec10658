import { z } from 'zod';
import { parseUint64 } from '../../core/uint64.ts';
import { epoch, parsePubkey, parseRoot, slot } from '../../core/units.ts';
import { foreignError } from './foreign-errors.ts';
import type { SeenMessage } from './seen-message.ts';

/** An undecided message as text for a store. */
export const encodeSeen = ({ slot: at, vote, ...rest }: SeenMessage): string =>
  JSON.stringify({
    ...rest,
    slot: at.toString(),
    vote: vote === null ? null : { source: vote.source.toString(), target: vote.target.toString() },
  });

const shape = z.strictObject({
  pubkey: z.string(),
  validatorIndex: z.int().min(0),
  kind: z.enum(['attestation', 'block']),
  slot: z.string(),
  vote: z.strictObject({ source: z.string(), target: z.string() }).nullable(),
  signingRoot: z.string(),
  forkVersion: z.string().regex(/^0x[0-9a-f]{8}$/),
  onChain: z.string(),
});

/** @throws FOREIGN_MESSAGE_IMPOSSIBLE for anything but what {@link encodeSeen} writes */
export function decodeSeen(text: string): SeenMessage {
  try {
    const { pubkey, slot: at, vote, signingRoot, ...rest } = shape.parse(JSON.parse(text));
    return {
      ...rest,
      pubkey: parsePubkey(pubkey, 'pubkey'),
      slot: slot(parseUint64(at, 'slot')),
      vote:
        vote === null
          ? null
          : {
              source: epoch(parseUint64(vote.source, 'source')),
              target: epoch(parseUint64(vote.target, 'target')),
            },
      signingRoot: parseRoot(signingRoot, 'signingRoot'),
    };
  } catch (error) {
    throw foreignError('FOREIGN_MESSAGE_IMPOSSIBLE', 'a message that was kept cannot be read', error);
  }
}
