import type { VigilError } from '../../../core/errors.ts';
import { slashingDbError } from '../../errors.ts';
import { inFrontOf, rolledBackReason, SAYS_ROLLED_BACK } from '../../freeze-reason.ts';
import type { ChainHead } from '../../history/hash-chain.ts';
import type { Query, Row } from './connection.ts';
import type { Root } from '../../../core/units.ts';
import type { InstanceRow } from './instance-row.ts';

export interface Known {
  readonly databaseId: string;
  readonly instance: InstanceRow;
  readonly revision: bigint;
}

interface Found {
  readonly databaseId: string;
  readonly instance: InstanceRow | null;
  readonly protection: Row | undefined;
  /** Of the record that this process wrote last; null: it is not kept there. */
  readonly keptHash: Root | null;
}

/**
 * Is the database that was found again the one that was lost, with all that it had said was done? A standby that took
 * over may lack the last commits; a backup lacks more. A connection that died may have taken a commit with it or not,
 * which the sequence tells: only one can have been under way.
 * @param underWay the head of the history that this commit would have left; null: there was none
 * @throws DB_ROLLED_BACK, DB_FENCED, DB_SIGNER_UNKNOWN
 */
export function judgeReturn(
  known: Known,
  found: Found,
  underWay: ChainHead | null,
): 'committed' | 'not committed' {
  const { instance: before } = known;
  const { instance: now } = found;
  if (found.databaseId !== known.databaseId) {
    // No past of ours: whoever works with it has nothing to do with this signer.
    throw slashingDbError(
      'DB_SIGNER_UNKNOWN',
      `the URL leads to another database now: ${found.databaseId}, and the signer ${before.name} works with ${known.databaseId}`,
    );
  }
  if (now?.id !== before.id) throw rolledBack(`it does not know the signer ${before.name} any more`);
  if (now.sequence < before.sequence) {
    throw rolledBack(
      `it has ${now.sequence} commits of the signer ${before.name}, which had made ${before.sequence}`,
    );
  }
  if ((found.protection?.['revision'] as bigint) < known.revision) {
    throw rolledBack('acts on keys are missing that it had on record');
  }
  if (now.owner !== before.owner) {
    // A lower generation under another owner is the past; a higher one is the future.
    if (now.generation < before.generation)
      throw rolledBack('an earlier process of this signer is back in it');
    const { index, hash } = before.head;
    if (now.head.index < index || (found.keptHash !== null && found.keptHash !== hash)) {
      throw rolledBack(`record ${index} of the signer ${before.name} is not in it any more`);
    }
    throw slashingDbError(
      'DB_FENCED',
      `another process works with the slashing database as the signer ${before.name}`,
    );
  }
  if (now.generation < before.generation) throw rolledBack('an earlier run of this signer is back in it');
  if (now.sequence === before.sequence && now.head.hash === before.head.hash) return 'not committed';
  const next = now.sequence === before.sequence + 1n && underWay !== null && now.head.hash === underWay.hash;
  if (next) return 'committed';
  throw rolledBack(`it has another history of the signer ${before.name}`);
}

/**
 * Whoever sees that records were lost stops all signers: those whose records are all there would not notice, and sign
 * anew what the lost ones had covered.
 */
export const freezeAfterRollback = (instance: string, found: string): readonly Query[] => [
  {
    // A freeze that is in force already says nothing of lost records: it may be lifted by whoever knows nothing of them.
    text: `UPDATE protection SET frozen_reason = ${inFrontOf('$1::text', 'frozen_reason')},
      frozen_since_ms = coalesce(frozen_since_ms, (extract(epoch FROM now()) * 1000)::int8),
      floor_owed = coalesce(floor_owed, $2), revision = revision + ${BEYOND}
      WHERE id = 1 AND (NOT ${SAYS_ROLLED_BACK} OR floor_owed IS NULL)`,
    values: [
      rolledBackReason(instance, found),
      // Whoever lifts the freeze, from wherever: what the lost records covered is not signed a second time.
      'the database lost records',
    ],
  },
];

/** Acts may be among what was lost: the others know their numbers, and must not take this one for one of them. */
const BEYOND = 1_000_000;

const rolledBack = (found: string): VigilError =>
  slashingDbError('DB_ROLLED_BACK', `the slashing database came back as an older one: ${found}`);
