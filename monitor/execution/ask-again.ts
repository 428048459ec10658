import type { Slot } from '../../core/units.ts';
import type { BlockFacts } from '../model/block-facts.ts';
import type { ExecutionPayment } from '../model/ledger-part.ts';
import { hasPayload, type ExecutionIncome, type Proposer } from './execution-income.ts';

/** What is not known yet, and where what is known better goes. */
export interface OpenPayments {
  /** A few payments that are `unresolved`, from a place on that the last answer gave; null begins anew. */
  next(cursor: string | null): { readonly rows: readonly ExecutionPayment[]; readonly next: string | null };
  improve(payment: ExecutionPayment): boolean;
  /** Null for one that nobody knows any more. */
  proposer(index: number): (Proposer & { readonly withdrawal: string | null }) | null;
  /** The block of the final chain; null when no node has it. */
  blockAt(slot: Slot): Promise<BlockFacts | null>;
}

/**
 * Asks once more what blocks paid of which nobody could say it: an execution node may have been down, a relay slow. Each
 * round asks about a few, in turns, so that those that will never be known do not keep the others waiting.
 */
export class AskAgain {
  readonly #open: OpenPayments;
  readonly #income: ExecutionIncome;
  readonly #configured: ReadonlySet<string>;
  #cursor: string | null = null;

  constructor(open: OpenPayments, income: ExecutionIncome, configured: readonly string[]) {
    this.#open = open;
    this.#income = income;
    this.#configured = new Set(configured.map((address) => address.toLowerCase()));
  }

  /** @returns of how many blocks more is known now. @throws what the beacon nodes fail with */
  async round(): Promise<number> {
    const { rows, next } = this.#open.next(this.#cursor);
    let improved = 0;
    for (const { slot, validatorIndex } of rows) {
      const proposer = this.#open.proposer(validatorIndex);
      const block = proposer === null ? null : await this.#open.blockAt(slot);
      if (proposer === null || block === null || !hasPayload(block)) continue;
      const recipients = { configured: this.#configured, withdrawal: proposer.withdrawal };
      if (this.#open.improve(await this.#income.paymentOf(block, proposer, recipients))) improved += 1;
    }
    this.#cursor = next;
    return improved;
  }
}
