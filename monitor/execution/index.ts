/** The public door of `monitor/execution/`: what blocks of the watched paid on the execution layer. */
export { AskAgain, type OpenPayments } from './ask-again.ts';
export { EXECUTION_ERRORS, executionError } from './execution-errors.ts';
export { ExecutionNode, NODE_LIMITS, type ClientLimits } from './execution-node.ts';
export { ExecutionNodes } from './execution-nodes.ts';
export { ExecutionIncome, type IncomeSources, type Proposer } from './execution-income.ts';
export { judgePayment, type Evidence, type JudgedPayment, type Recipients } from './judge-payment.ts';
export { paymentsOf, withdrawalAddress } from './payments-of.ts';
export { Relay, RELAY_LIMITS } from './relay.ts';
export { Relays } from './relays.ts';
export { withdrawalOwner, type WithdrawalOwner } from './withdrawal-kind.ts';
