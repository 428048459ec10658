import { isVigilError } from '../../core/errors.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { Pubkey } from '../../core/units.ts';
import type { BlockFacts, ExecutionFacts } from '../model/block-facts.ts';
import type { ExecutionPayment } from '../model/ledger-part.ts';
import { unexplainedChanges } from './balance-changes.ts';
import { executionBlock, type ExecutionBlock } from './execution-block.ts';
import type { ExecutionNodes } from './execution-nodes.ts';
import { priorityFeesWei } from './fees.ts';
import { isOfConfiguration, isOurs, judgePayment, type Delivered, type Recipients } from './judge-payment.ts';
import type { Relays } from './relays.ts';
import { decodeTransfer, type Transfer } from './transaction.ts';

export interface IncomeSources {
  readonly nodes: ExecutionNodes;
  readonly relays: Relays;
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
  #warned = false;

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
    const last = this.#last(facts);
    const [executed, told] = await Promise.all([this.#executed(facts), this.#told(block, proposer)]);
    const { delivered } = told;
    const { payment, doubts } = judgePayment({
      ...{ facts, recipients, delivered, last },
      lastReceipt: executed?.transactions.at(-1) ?? null,
      feesWei: executed === null ? null : priorityFeesWei(executed),
      unexplainedWei: await this.#changes(block, executed, concerned(facts, recipients, delivered, last)),
    });
    const all = [...told.doubts, ...doubts].filter((doubt) => !isOfConfiguration(doubt));
    if (doubts.some(isOfConfiguration)) this.#warnOfConfiguration();
    if (all.length > 0) {
      this.#sources.log.warn(
        { slot: slot.toString(), validatorIndex: proposer.index, doubts: all },
        'what a block paid is not certain',
      );
    }
    // Relays that contradict one another leave nothing beyond doubt.
    const exact = payment.confidence === 'exact' && told.doubts.length === 0;
    const confidence = payment.confidence === 'exact' && !exact ? 'probable' : payment.confidence;
    return { validatorIndex: proposer.index, slot, ...payment, confidence };
  }

  /** Once: every block of the validators without one would say it again. */
  #warnOfConfiguration(): void {
    if (this.#warned) return;
    this.#warned = true;
    this.#sources.log.warn(
      'no fee recipient is configured: that of each block is taken for the validator’s, and its income is called probable; name yours with --fee-recipient',
    );
  }

  /** The least that a relay says, when several say different things. */
  async #told(
    { slot, execution: { blockHash } }: BlockWithPayload,
    { pubkey }: Proposer,
  ): Promise<{ readonly delivered: Delivered | null; readonly doubts: readonly string[] }> {
    const { delivered, failures } = await this.#sources.relays.ask({ slot, blockHash, pubkey });
    for (const failure of failures) this.#failed(failure);
    const [least, ...others] = delivered.toSorted((one, other) => (one.valueWei < other.valueWei ? -1 : 1));
    const doubts = others.map(
      ({ valueWei, to }) =>
        `relays differ: one says ${least?.valueWei ?? 0n} wei to ${least?.to ?? ''}, another ${valueWei} wei to ${to}`,
    );
    return { delivered: least ?? null, doubts };
  }

  async #changes(
    block: BlockWithPayload,
    executed: ExecutionBlock | null,
    addresses: readonly string[],
  ): Promise<ReadonlyMap<string, bigint>> {
    if (executed === null) return new Map();
    try {
      return await this.#sources.nodes.ask((node) => unexplainedChanges(node, block, executed, addresses));
    } catch (error) {
      if (!isVigilError(error)) throw error;
      // Nothing odd: most nodes keep the state of the last blocks only.
      this.#sources.log.debug({ code: error.code }, error.message);
      return new Map();
    }
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

/** Whose balances can tell something about the payment. */
function concerned(
  { feeRecipient }: ExecutionFacts,
  recipients: Recipients,
  delivered: Delivered | null,
  last: Transfer | null,
): string[] {
  const told = delivered === null ? [] : [delivered.to];
  if (isOurs(recipients, feeRecipient)) return [feeRecipient, ...told];
  const lastTo = last?.to ?? null;
  if (lastTo !== null && isOurs(recipients, lastTo)) return [lastTo, ...told];
  if (told.length > 0) return told;
  const { configured, withdrawal } = recipients;
  const ours = [...(withdrawal === null ? [] : [withdrawal]), ...configured];
  return configured.size === 0 ? [feeRecipient, ...ours] : ours;
}
