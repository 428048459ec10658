import { epoch } from '../../core/units.ts';
import type { Guard } from '../../slashing-db/index.ts';
import type { AttestationMessage, BlockMessage } from '../../slashing-db/message.ts';
import { documentOf, keyEntry, attEntry, streamOf } from '../support/interchange-text.ts';
import { att, block, KEY_A, KEY_B, key } from '../support/slashing-fixtures.ts';

/** A statement that the guard made to the outside world and may never take back. */
export type Statement =
  | Released
  | { readonly said: 'imported'; readonly pubkey: string; readonly target: bigint }
  | { readonly said: 'deleted' | 'frozen' | 'handed over'; readonly pubkey: string };

export interface Released {
  readonly said: 'released';
  readonly pubkey: string;
  readonly message: AttestationMessage | BlockMessage;
}

export const KEY_C = key(3);
export const KEY_D = key(4);
export const KEY_E = key(5);

/**
 * A short life of a guard with everything that writes: votes and blocks of two keys, each asked for twice with different
 * roots at the same time, an import, a deletion, a freeze. What it says is reported before anything else happens.
 */
export async function liveThrough(guard: Guard, report: (statement: Statement) => void): Promise<void> {
  for (const pubkey of [KEY_A, KEY_B, KEY_C, KEY_D, KEY_E]) await guard.admitKey(pubkey, false);
  const ask = async (pubkey: typeof KEY_A, message: AttestationMessage | BlockMessage): Promise<void> => {
    const outcome = await guard.release(pubkey, message, () => Promise.resolve('signature'));
    if (outcome.kind === 'released') report({ said: 'released', pubkey, message });
  };
  for (let round = 1; round <= 6; round += 1) {
    await Promise.all(
      [KEY_A, KEY_B].flatMap((pubkey) => [
        ask(pubkey, att(round, round + 1, 1)),
        ask(pubkey, att(round - 1, round + 1, 2)),
        ask(pubkey, block(round * 8, 1)),
        ask(pubkey, block(round * 8, 2)),
      ]),
    );
    if (round === 2) {
      await guard.importInterchange(streamOf(documentOf(keyEntry(KEY_C, [], [attEntry(5, 9)]))));
      report({ said: 'imported', pubkey: KEY_C, target: 9n });
    }
    if (round === 3) {
      await guard.deleteKeys([KEY_D]);
      report({ said: 'deleted', pubkey: KEY_D });
    }
    if (round === 4) {
      await guard.operator.freeze([KEY_C], { by: 'crash test', reason: 'a test' });
      report({ said: 'frozen', pubkey: KEY_C });
    }
    if (round === 5) {
      await guard.operator.handOver([KEY_E], epoch(2000n), { by: 'crash test', reason: 'a test' });
      report({ said: 'handed over', pubkey: KEY_E });
    }
  }
  await guard.close();
}

/** Statements as lines, integers as text. */
export const encode = (statement: Statement): string =>
  `${JSON.stringify(statement, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))}\n`;

export function decode(text: string): Statement[] {
  return text
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map(
      (line) =>
        JSON.parse(line, (_key, value: unknown) =>
          typeof value === 'string' && /^\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value,
        ) as Statement,
    );
}
