import { z } from 'zod';
import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import { loadChainSpec } from '../../core/chain/load-chain-spec.ts';
import { isVigilError } from '../../core/errors.ts';
import { checksumAddress } from '../../core/execution-address.ts';
import { parseUint64 } from '../../core/uint64.ts';
import { parseRoot } from '../../core/units.ts';
import { FEE_QUESTION, type RequestTransaction } from '../../key-life/requests/request-transaction.ts';
import { ExecutionNode } from '../../monitor/execution/index.ts';
import { cliError } from '../cli-errors.ts';
import { chainSpecOf, type CommandContext } from '../command-context.ts';
import type { Output } from '../output/output.ts';

export interface RequestOptions {
  readonly executionNode?: string;
  readonly feeWei?: string;
}

const feeAnswer = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/i, 'must be 32 bytes')
  .transform((text) => BigInt(text));
const chainIdAnswer = z.string().regex(/^0x[0-9a-f]{1,16}$/i);

/** What to hand to a wallet. */
export interface DescribedTransaction {
  /** The withdrawal address, where it is known. */
  readonly from: string | null;
  readonly to: string;
  readonly data: string;
  /** Wei; null when the fee was not asked for. */
  readonly value: string | null;
  readonly chainId: string | null;
}

/** @throws BAD_ARGUMENT, EXECUTION_OTHER_NETWORK, EXECUTION_*, and what reading the network throws */
export async function describeTransaction(
  transaction: RequestTransaction,
  from: string | null,
  { executionNode, feeWei }: RequestOptions,
  context: CommandContext,
): Promise<DescribedTransaction> {
  if (executionNode !== undefined && feeWei !== undefined) {
    throw cliError('BAD_ARGUMENT', '--execution-node and --fee-wei exclude each other');
  }
  const { to, data } = transaction;
  const known = { from: from === null ? null : checksumAddress(from), to: checksumAddress(to), data };
  if (executionNode === undefined) {
    const value = feeWei === undefined ? null : parseUint64(feeWei, '--fee-wei').toString();
    return { ...known, value, chainId: null };
  }
  const node = new ExecutionNode(executionNode);
  const chainId = BigInt(await node.call('eth_chainId', [], chainIdAnswer));
  refuseOtherNetwork(chainId, await networkOf(context));
  const feeInWei = await node.call('eth_call', [{ to, data: FEE_QUESTION }, 'latest'], feeAnswer);
  return { ...known, value: feeInWei.toString(), chainId: chainId.toString() };
}

/** On another network the same contract answers: the fee would be a wrong one, and the chain that is told too. */
function refuseOtherNetwork(chainId: bigint, { name, depositChainId }: ChainSpec): void {
  if (depositChainId === undefined || depositChainId === chainId) return;
  throw cliError(
    'EXECUTION_OTHER_NETWORK',
    `the execution node is of chain ${chainId.toString()}, ${name} has chain ${depositChainId.toString()}`,
  );
}

/** A network without genesis values says its chain id all the same. */
async function networkOf(context: CommandContext): Promise<ChainSpec> {
  try {
    return await chainSpecOf(context);
  } catch (error) {
    if (!isVigilError(error, 'CHAIN_SPEC_INCOMPLETE')) throw error;
    const genesisValidatorsRoot = parseRoot(`0x${'00'.repeat(32)}`, 'genesis validators root');
    return loadChainSpec(context.settings.network, { genesisTimeSeconds: 0n, genesisValidatorsRoot });
  }
}

/** The transaction, what it does, and what has to be known of it. */
export function tellTransaction(
  transaction: DescribedTransaction,
  does: readonly string[],
  output: Output,
): void {
  const { from, to, value, data, chainId } = transaction;
  const question = `eth_call {"to":"${to}","data":"${FEE_QUESTION}"}`;
  output.result(transaction, [
    ...does,
    '',
    `from   ${from ?? 'the withdrawal address of the validator: from any other nothing happens'}`,
    `to     ${to}`,
    `value  ${value === null ? 'the fee: see below' : `${value} wei`}`,
    `data   ${data}`,
    ...(chainId === null ? [] : [`chain  ${chainId}`]),
    '',
    value === null
      ? `The fee is what ${question} answers, in wei; --execution-node URL asks for it.`
      : `The fee was ${chainId === null ? 'given, not asked for' : 'asked for just now'}. It rises while many requests wait, and falls again.`,
    'With less than the fee of its block the transaction fails; what is above it is not given back.',
    'A request that the beacon chain may not follow is passed over in silence, and the fee is gone.',
    'Nothing was sent. Sign and send it with the wallet that holds the withdrawal address.',
  ]);
}
