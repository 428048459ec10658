import { createHash } from 'node:crypto';
import { z } from 'zod';
import { parseUint64 } from '../../core/uint64.ts';
import { epoch, parsePubkey, parseRoot, type Epoch, type Pubkey, type Root } from '../../core/units.ts';
import { slashingDbError } from '../errors.ts';

/** Proof for the next signer that this one signs nothing of these keys from `outEpoch` on. */
export interface HandoverReceipt {
  readonly genesisValidatorsRoot: Root;
  readonly databaseId: string;
  readonly outEpoch: Epoch;
  readonly pubkeys: readonly Pubkey[];
  /** ISO 8601. */
  readonly issuedAt: string;
}

const shape = z.strictObject({
  vigil_handover: z.literal(1),
  genesis_validators_root: z.string(),
  database_id: z.string(),
  out_epoch: z.string(),
  issued_at: z.string(),
  pubkeys: z.array(z.string()).min(1),
  sha256: z.string(),
});

type Document = z.infer<typeof shape>;

/** The receipt as text to carry over; the digest shows a part that was lost or edited on the way. */
export function encodeReceipt(receipt: HandoverReceipt): string {
  const content: Omit<Document, 'sha256'> = {
    vigil_handover: 1,
    genesis_validators_root: receipt.genesisValidatorsRoot,
    database_id: receipt.databaseId,
    out_epoch: receipt.outEpoch.toString(),
    issued_at: receipt.issuedAt,
    pubkeys: [...receipt.pubkeys],
  };
  return `${JSON.stringify({ ...content, sha256: digest(content) }, null, 2)}\n`;
}

/** @throws RECEIPT_INVALID naming the field */
export function decodeReceipt(text: string): HandoverReceipt {
  try {
    const { sha256, ...content } = shape.parse(JSON.parse(text));
    if (sha256 !== digest(content)) throw new Error('sha256 does not match the rest: it was changed or cut');
    return {
      genesisValidatorsRoot: parseRoot(content.genesis_validators_root, 'genesis_validators_root'),
      databaseId: content.database_id,
      outEpoch: epoch(parseUint64(content.out_epoch, 'out_epoch')),
      pubkeys: content.pubkeys.map((pubkey, i) => parsePubkey(pubkey, `pubkeys[${i}]`)),
      issuedAt: content.issued_at,
    };
  } catch (error) {
    const issue = error instanceof z.ZodError ? error.issues[0] : undefined;
    const what = issue === undefined ? (error as Error).message : `${issue.path.join('.')}: ${issue.message}`;
    throw slashingDbError('RECEIPT_INVALID', `the hand-over receipt is not valid: ${what}`, error);
  }
}

const digest = (content: Omit<Document, 'sha256'>): string =>
  createHash('sha256').update(JSON.stringify(content)).digest('hex');
