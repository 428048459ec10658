import { Command } from 'commander';
import { parseUint64 } from '../../../core/uint64.ts';
import { parsePubkey, type Pubkey } from '../../../core/units.ts';
import { ethText } from '../../../key-life/deposit/amount.ts';
import { keyLifeError } from '../../../key-life/key-life-errors.ts';
import { withdrawalRequest } from '../../../key-life/requests/request-transaction.ts';
import { commandContext, type CommandContext } from '../../command-context.ts';
import { examples } from '../../options/examples.ts';
import { askValidators, leavingProblems } from '../../operations/ask-validators.ts';
import { judgeFork } from '../../operations/judge-request.ts';
import { judgePartial, pendingOf } from '../../operations/partial-withdrawal.ts';
import {
  describeTransaction,
  tellTransaction,
  type RequestOptions,
} from '../../operations/request-command.ts';
import { isCompounding, senderOf } from '../../operations/source-validator.ts';

interface Options extends RequestOptions {
  readonly amountGwei?: string;
}

export function exitTransactionCommand(): Command {
  return new Command('transaction')
    .description(
      'show the transaction with which the withdrawal address takes a validator out, or withdraws from it, without its signing key (EIP-7002)',
    )
    .argument('<PUBKEY>', 'public key of the validator')
    .option('--amount-gwei <N>', 'withdraw this much and stay, from a compounding validator (default: leave)')
    .option('--execution-node <URL>', 'ask this execution node for the fee and the chain id')
    .option('--fee-wei <N>', 'the fee, when it is known')
    .addHelpText(
      'after',
      examples(
        'vigil exit transaction 0x… --beacon-node http://localhost:5052 --execution-node http://localhost:8545',
        'vigil exit transaction 0x… --amount-gwei 1000000000 --json',
      ),
    )
    .action(async (text: string, options: Options, command: Command) => {
      const context = commandContext(command);
      const pubkey = parsePubkey(text, 'PUBKEY');
      const amount = options.amountGwei === undefined ? 0n : parseUint64(options.amountGwei, '--amount-gwei');
      const from = await checkedSender(pubkey, amount, options.amountGwei !== undefined, context);
      const transaction = await describeTransaction(
        withdrawalRequest(pubkey, amount),
        from,
        options,
        context,
      );
      tellTransaction(
        transaction,
        amount === 0n
          ? [
              `Takes validator ${pubkey} out of the set, for ever. Its signing key is not asked.`,
              ...followedOnlyIf('0x01 or 0x02'),
              '- no partial withdrawal of it waits.',
            ]
          : [
              `Withdraws ${ethText(amount)} ETH from validator ${pubkey}, down to 32 ETH at most.`,
              ...followedOnlyIf('0x02'),
              '- its effective balance is 32 ETH at least, and it has more than 32 ETH and what waits to be withdrawn already.',
            ],
        context.output,
      );
    });
}

const followedOnlyIf = (credentials: string): string[] => [
  'The chain follows it only if:',
  `- it is sent from the withdrawal address of the validator, which has ${credentials} credentials;`,
  '- the validator is active and not leaving, for 256 epochs (SHARD_COMMITTEE_PERIOD) by now;',
];

/** With a beacon node what would be passed over in silence is refused here. @throws OPERATION_REFUSED, BEACON_* */
async function checkedSender(
  pubkey: Pubkey,
  amountGwei: bigint,
  partial: boolean,
  context: CommandContext,
): Promise<string | null> {
  if (partial && amountGwei === 0n)
    throw keyLifeError('OPERATION_REFUSED', 'an amount of 0 would be a whole exit');
  if (context.settings['beacon-node'].length === 0) {
    context.output.note('not checked against the chain: --beacon-node URL would');
    return null;
  }
  const asked = await askValidators(context, [pubkey]);
  const [validator] = asked.known;
  if (validator === undefined) return null;
  const problems = [
    ...judgeFork(asked),
    ...((await leavingProblems(asked, { whole: !partial })).get(validator) ?? []),
  ];
  const sender = senderOf(validator);
  if (sender === null) problems.push('its credentials name no address');
  if (partial && !isCompounding(validator))
    problems.push('only a compounding validator (0x02) can withdraw a part');
  if (partial) {
    const judged = judgePartial(validator, amountGwei, await pendingOf(validator, asked));
    problems.push(...judged.problems);
    for (const remark of judged.remarks) context.output.note(remark);
  }
  if (problems.length > 0) throw keyLifeError('OPERATION_REFUSED', problems.join('; '));
  return sender;
}
