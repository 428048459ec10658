import type Database from 'better-sqlite3';
import {
  bytesOf,
  pubkeyFromBytes,
  rootFromBytes,
  slot,
  type Pubkey,
  type Root,
} from '../../../core/units.ts';
import type { ForeignMessage } from '../../model/foreign-message.ts';
import { page, type Page, type PageRequest } from '../page.ts';
import { rangeConditions, scopeConditions, type Range, type Scope } from '../scope.ts';

/** Evidence. The schema lets nobody remove or change it; only what was done about it is brought up to date. */
export class ForeignTable {
  readonly #db: Database.Database;
  readonly #insert: Database.Statement;
  readonly #act: Database.Statement;
  readonly #open: Database.Statement;
  readonly #insertOpen: Database.Statement;
  readonly #clearOpen: Database.Statement;

  constructor(db: Database.Database) {
    this.#db = db;
    this.#insert = db.prepare(
      `INSERT INTO foreign_messages (pubkey, signing_root, validator, kind, slot, on_chain, ours, seen_at_ms, action)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (pubkey, signing_root) DO NOTHING`,
    );
    this.#act = db.prepare('UPDATE foreign_messages SET action = ? WHERE pubkey = ? AND signing_root = ?');
    this.#open = db.prepare('SELECT message FROM foreign_open ORDER BY rowid').pluck();
    this.#insertOpen = db.prepare('INSERT INTO foreign_open (message) VALUES (?)');
    this.#clearOpen = db.prepare('DELETE FROM foreign_open');
  }

  /** @returns false when this message of this key is there already; what is there stays */
  add(message: ForeignMessage): boolean {
    const { pubkey, signingRoot, validatorIndex, kind, onChain, ours, seenAtMs, action } = message;
    const ids = [bytesOf(pubkey), bytesOf(signingRoot)];
    const rest = [validatorIndex, kind, message.slot, onChain, ours, seenAtMs, action];
    return this.#insert.run(...ids, ...rest).changes > 0;
  }

  /** @returns false when there is no such message */
  act(pubkey: Pubkey, signingRoot: Root, action: string): boolean {
    return this.#act.run(action, bytesOf(pubkey), bytesOf(signingRoot)).changes > 0;
  }

  /** Messages that are not decided yet, as whoever keeps them wrote them. */
  open(): string[] {
    return this.#open.all() as string[];
  }

  /** Replaces them all. Call it in a transaction. */
  keepOpen(messages: readonly string[]): void {
    this.#clearOpen.run();
    for (const message of messages) this.#insertOpen.run(message);
  }

  /** By slot of the duty. */
  list(slots: Range, scope: Scope, request: PageRequest): Page<ForeignMessage> {
    const where = [...rangeConditions(slots, 'slot'), ...scopeConditions(scope)];
    return page(this.#db, { table: 'foreign_messages', where, keys: ['slot', 'rowid'] }, request, (row) => ({
      pubkey: pubkeyFromBytes(row['pubkey'] as Uint8Array),
      validatorIndex: Number(row['validator']),
      kind: row['kind'] as ForeignMessage['kind'],
      slot: slot(row['slot'] as bigint),
      signingRoot: rootFromBytes(row['signing_root'] as Uint8Array),
      onChain: row['on_chain'] as string,
      ours: row['ours'] as string | null,
      seenAtMs: row['seen_at_ms'] as bigint,
      action: row['action'] as string,
    }));
  }
}
