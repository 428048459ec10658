import type { ExecutionFacts } from '../model/block-facts.ts';
import type { ExecutionPayment } from '../model/ledger-part.ts';
import type { Transfer } from './transaction.ts';

/** What a relay says it delivered, about exactly this block and this validator. */
export interface Delivered {
  readonly valueWei: bigint;
  readonly to: string;
}

/** All that is known of what one block paid. Null is what could not be had. */
export interface Evidence {
  readonly facts: ExecutionFacts;
  readonly recipients: Recipients;
  /** Null also where there is none, or nobody can read it. */
  readonly last: Transfer | null;
  /** Who sent the last transaction and whether it succeeded, by its receipt. */
  readonly lastReceipt: { readonly from: string; readonly succeeded: boolean } | null;
  readonly feesWei: bigint | null;
  readonly delivered: Delivered | null;
  /** By address: what neither withdrawals nor plain transactions explain. */
  readonly unexplainedWei: ReadonlyMap<string, bigint>;
}

/** Addresses, lower case, at which a validator is paid. */
export interface Recipients {
  /** As the operator said. */
  readonly configured: ReadonlySet<string>;
  /** Where its withdrawals go; null for BLS credentials. */
  readonly withdrawal: string | null;
}

export const isOurs = ({ configured, withdrawal }: Recipients, address: string): boolean =>
  configured.has(address) || address === withdrawal;

/** `feeRecipient` is where the payment went; of the block itself it is in the verdict on the proposal. */
export type PaymentFacts = Omit<ExecutionPayment, 'validatorIndex' | 'slot'>;

export interface JudgedPayment {
  readonly payment: PaymentFacts;
  /** Where sources differ, and by how much. */
  readonly doubts: readonly string[];
}

/**
 * What a block paid its proposer: either the fees of a block of its own or the payment of a builder, never both. Where
 * two sources differ the chain goes before a relay, and nothing is exact.
 */
export function judgePayment(evidence: Evidence): JudgedPayment {
  const { facts, recipients } = evidence;
  if (isOurs(recipients, facts.feeRecipient)) {
    return evidence.delivered === null
      ? ownBlock(evidence)
      : builtForOurRecipient(evidence, evidence.delivered);
  }
  const paid = paidByLastTransaction(evidence) ?? paidByRelay(evidence) ?? paidInside(evidence);
  if (paid !== null) return paid;
  // Nobody said where fees should go: the block may be one of the validator's own.
  if (recipients.configured.size === 0) {
    const { payment, doubts } = ownBlock(evidence);
    if (payment.confidence !== 'exact') return { payment, doubts };
    return {
      payment: { ...payment, confidence: 'probable' },
      doubts: [...doubts, `${NO_RECIPIENT}: that of the block is taken for the validator’s`],
    };
  }
  return { payment: unresolved('mev', facts.feeRecipient), doubts: [] };
}

const unresolved = (kind: PaymentFacts['kind'], feeRecipient: string): PaymentFacts => ({
  ...{ kind, feeRecipient, method: 'none', confidence: 'unresolved', amountWei: 0n },
});

function ownBlock({ facts, last, lastReceipt, feesWei, unexplainedWei }: Evidence): JudgedPayment {
  const { feeRecipient } = facts;
  // A block without transactions has no fees, whoever is asked.
  const fees = facts.transactions === 0 ? 0n : feesWei;
  if (fees === null) return { payment: unresolved('vanilla', feeRecipient), doubts: [] };
  const income = unexplainedWei.get(feeRecipient);
  const receipts = { kind: 'vanilla', method: 'receipts', amountWei: fees, feeRecipient } as const;
  if (income !== undefined && income > fees) {
    return {
      payment: { ...receipts, method: 'balance-delta', amountWei: income, confidence: 'probable' },
      doubts: [`the balance of ${feeRecipient} rose by ${income - fees} wei more than the fees of the block`],
    };
  }
  const doubts: string[] = [];
  if (income !== undefined && income < fees) {
    doubts.push(
      `the balance of ${feeRecipient} rose by ${fees - income} wei less than the fees of the block: a contract moved them on`,
    );
  }
  if (last?.to === feeRecipient && last.valueWei > 0n && lastReceipt?.succeeded === true) {
    doubts.push(
      `the last transaction sends ${last.valueWei} wei to the fee recipient, which may be the payment of a builder and is not counted`,
    );
  }
  return { payment: { ...receipts, confidence: doubts.length === 0 ? 'exact' : 'probable' }, doubts };
}

/** The builder left our address in the block: fees, what it moved inside and a last transaction are all its payment. */
function builtForOurRecipient(evidence: Evidence, { valueWei, to }: Delivered): JudgedPayment {
  const { facts, last, lastReceipt, feesWei, unexplainedWei } = evidence;
  const { feeRecipient } = facts;
  const lastWei = last?.to === feeRecipient && lastReceipt?.succeeded === true ? last.valueWei : 0n;
  const income = unexplainedWei.get(feeRecipient);
  const seen =
    income !== undefined
      ? ({ method: 'balance-delta', wei: income + lastWei } as const)
      : feesWei !== null
        ? ({ method: 'receipts', wei: feesWei + lastWei } as const)
        : null;
  const common = { kind: 'mev', feeRecipient } as const;
  if (seen === null) {
    return {
      payment: {
        ...{ kind: 'mev', feeRecipient: to, method: 'relay', amountWei: valueWei, confidence: 'probable' },
      },
      doubts: [],
    };
  }
  const agree = seen.wei === valueWei && to === feeRecipient;
  return {
    payment: {
      ...{ ...common, method: seen.method, amountWei: seen.wei },
      confidence: agree ? 'exact' : 'probable',
    },
    doubts: agree ? [] : [differs(feeRecipient, seen.wei, { valueWei, to })],
  };
}

const NO_RECIPIENT = 'no fee recipient is configured';

/** A doubt that the configuration raises and not the block: it is the same for every block. */
export const isOfConfiguration = (doubt: string): boolean => doubt.startsWith(NO_RECIPIENT);

const differs = (address: string, wei: bigint, { valueWei, to }: Delivered): string =>
  `on chain ${wei} wei went to ${address}, while the relay says ${valueWei} wei to ${to}: a difference of ${wei - valueWei} wei`;

function paidByLastTransaction(evidence: Evidence): JudgedPayment | null {
  const { facts, recipients, last, lastReceipt, delivered, unexplainedWei } = evidence;
  if (last === null || last.to === null || last.valueWei === 0n || lastReceipt?.succeeded === false)
    return null;
  const { to, valueWei } = last;
  const ours = isOurs(recipients, to);
  // The usual shape of a payment: the block's fee recipient itself sends plain Ether at the end.
  const byBuilder = lastReceipt?.from === facts.feeRecipient && !last.hasData && to !== facts.feeRecipient;
  const presumed = recipients.configured.size === 0 && byBuilder;
  if (!ours && delivered?.to !== to && !presumed) return null;
  const doubts: string[] = [];
  const agrees = delivered?.to === to && delivered.valueWei === valueWei;
  if (delivered !== null && !agrees) doubts.push(differs(to, valueWei, delivered));
  const besides = unexplainedWei.get(to);
  if (besides !== undefined && besides !== 0n && !agrees) {
    doubts.push(`contracts moved ${besides} wei to or from ${to} in the same block`);
  }
  if (!ours && delivered === null) {
    doubts.push(`${NO_RECIPIENT}: ${to} is taken for the validator’s`);
  }
  const proven = agrees || lastReceipt !== null;
  return {
    payment: {
      ...{ kind: 'mev', method: 'last-transaction', amountWei: valueWei, feeRecipient: to },
      confidence: proven && doubts.length === 0 ? 'exact' : 'probable',
    },
    doubts,
  };
}

function paidByRelay({ delivered, unexplainedWei }: Evidence): JudgedPayment | null {
  if (delivered === null) return null;
  const { valueWei, to } = delivered;
  const common = { kind: 'mev', method: 'relay', amountWei: valueWei, feeRecipient: to } as const;
  const income = unexplainedWei.get(to);
  if (income === undefined) return { payment: { ...common, confidence: 'probable' }, doubts: [] };
  if (income === valueWei) return { payment: { ...common, confidence: 'exact' }, doubts: [] };
  const doubts = [differs(to, income, delivered)];
  if (income > 0n) {
    return {
      payment: { ...common, method: 'balance-delta', amountWei: income, confidence: 'probable' },
      doubts,
    };
  }
  return { payment: { ...common, amountWei: 0n, confidence: 'unresolved' }, doubts };
}

/** By another address or by a contract: only balances tell, and they do not tell what for. */
function paidInside({ recipients, unexplainedWei }: Evidence): JudgedPayment | null {
  const rose = [...unexplainedWei].filter(([address, wei]) => wei > 0n && isOurs(recipients, address));
  const [first] = rose;
  if (first === undefined) return null;
  const [feeRecipient, amountWei] = first;
  if (rose.length > 1) {
    const listed = rose.map(([address, wei]) => `${wei} wei to ${address}`).join(', ');
    return {
      payment: unresolved('mev', feeRecipient),
      doubts: [`which of several is the payment is not known: ${listed}`],
    };
  }
  return {
    payment: { ...{ kind: 'mev', method: 'balance-delta', amountWei, feeRecipient }, confidence: 'probable' },
    doubts: [],
  };
}
