import { isVigilError } from '../../core/errors.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { Pubkey } from '../../core/units.ts';
import type { BlockFacts, ExecutionFacts } from '../model/block-facts.ts';
import type { ExecutionPayment } from '../model/ledger-part.ts';
import { executionBlock, type ExecutionBlock } from './execution-block.ts';
import type { ExecutionNodes } from './execution-nodes.ts';
import { priorityFeesWei } from './fees.ts';
import { judgePayment, type Delivered, type Recipients } from './judge-payment.ts';
import { decodeTransfer, type Transfer } from './transaction.ts';

export interface IncomeSources {
  readonly nodes: ExecutionNodes;
  readonly log: Logger;
}

export interface Proposer {
  readonly index: number;
  readonly pubkey: Pubkey;
}

type BlockWithPayload = BlockFacts & { readonly execution: ExecutionFacts };

export const hasPayload = (block: BlockFacts): block is BlockWithPayload => block.execution !== null;

/** What blocks paid their proposers, from every source there is. A source that fails only makes less of it certain. */
export class ExecutionIncome {
  readonly #sources: IncomeSources;

  constructor(sources: IncomeSources) {
    this.#sources = sources;
  }

  /** Never fails because a source does. */
  async paymentOf(
    block: BlockWithPayload,
    proposer: Proposer,
    recipients: Recipients,
  ): Promise<ExecutionPayment> {
    const { execution: facts, slot } = block;
    const executed = await this.#executed(facts);
    const delivered: Delivered | null = null;
    const lastExecuted = executed?.transactions.at(-1);
    const { payment, doubts } = judgePayment({
      ...{ facts, recipients, delivered },
      last: this.#last(facts),
      lastReceipt: lastExecuted ?? null,
      feesWei: executed === null ? null : priorityFeesWei(executed),
      unexplainedWei: new Map(),
    });
    if (doubts.length > 0) {
      this.#sources.log.warn(
        { slot: slot.toString(), validatorIndex: proposer.index, doubts },
        'what a block paid is not certain',
      );
    }
    return { validatorIndex: proposer.index, slot, ...payment };
  }

  async #executed(facts: ExecutionFacts): Promise<ExecutionBlock | null> {
    const { nodes } = this.#sources;
    if (nodes.count === 0) return null;
    return this.#tried(() => nodes.ask((node) => executionBlock(node, facts)));
  }

  #last({ lastTransaction }: ExecutionFacts): Transfer | null {
    if (lastTransaction === null) return null;
    try {
      return decodeTransfer(lastTransaction);
    } catch (error) {
      return this.#failed(error);
    }
  }

  async #tried<T>(ask: () => Promise<T>): Promise<T | null> {
    try {
      return await ask();
    } catch (error) {
      return this.#failed(error);
    }
  }

  #failed(error: unknown): null {
    if (!isVigilError(error)) throw error;
    this.#sources.log.warn({ code: error.code }, error.message);
    return null;
  }
}
