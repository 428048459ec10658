import { Command } from 'commander';
import { parsePubkey, type Pubkey } from '../../core/units.ts';
import { keyLifeError } from '../../key-life/key-life-errors.ts';
import { consolidationRequest } from '../../key-life/requests/request-transaction.ts';
import { commandContext, type CommandContext } from '../command-context.ts';
import { examples } from '../options/examples.ts';
import { askValidators, leavingProblems } from '../operations/ask-validators.ts';
import { judgeConsolidation, judgeFork } from '../operations/judge-request.ts';
import { describeTransaction, tellTransaction, type RequestOptions } from '../operations/request-command.ts';
import { senderOf } from '../operations/source-validator.ts';

interface Options extends RequestOptions {
  readonly source: string;
  readonly target?: string;
}

export function consolidationCommand(): Command {
  return new Command('consolidation')
    .description(
      'show the transaction that moves the balance of one validator into another and ends the first, or makes a validator compounding (EIP-7251)',
    )
    .requiredOption('--source <PUBKEY>', 'the validator that ends')
    .option(
      '--target <PUBKEY>',
      'the validator that gets its balance (default: itself, to become compounding)',
    )
    .option('--execution-node <URL>', 'ask this execution node for the fee and the chain id')
    .option('--fee-wei <N>', 'the fee, when it is known')
    .addHelpText(
      'after',
      examples(
        'vigil consolidation --source 0x… --target 0x… --beacon-node http://localhost:5052 --execution-node http://localhost:8545',
        'vigil consolidation --source 0x… --json',
      ),
    )
    .action(async (options: Options, command: Command) => {
      const context = commandContext(command);
      const source = parsePubkey(options.source, '--source');
      const target = options.target === undefined ? source : parsePubkey(options.target, '--target');
      const from = await checkedSender(source, target, context);
      const transaction = await describeTransaction(
        consolidationRequest(source, target),
        from,
        options,
        context,
      );
      tellTransaction(
        transaction,
        source === target ? switching(source) : merging(source, target),
        context.output,
      );
    });
}

const merging = (source: Pubkey, target: Pubkey): string[] => [
  `Ends validator ${source} for ever`,
  `and moves its balance into ${target}, if that one is compounding (0x02).`,
  'Who can withdraw from the target then owns that balance too: check that its credentials are yours.',
  'The chain follows it only if:',
  '- it is sent from the withdrawal address of the source, which has 0x01 or 0x02 credentials;',
  '- the target has 0x02 credentials;',
  '- both are active and not leaving, the source for 256 epochs (SHARD_COMMITTEE_PERIOD) by now;',
  '- no partial withdrawal of the source waits;',
  '- the network has more than 32 ETH of consolidations to spare an epoch, and the queue is not full.',
  'The source has to go on with its duties until its exit epoch.',
];

const switching = (source: Pubkey): string[] => [
  `Makes validator ${source} compounding: 0x01 credentials become 0x02 with the same address.`,
  'Its rewards stay and compound up to 2048 ETH instead of being swept above 32. There is no way back.',
  'The chain follows it only if it is sent from that address, and the validator is active and not leaving.',
];

/** With a beacon node what would be passed over in silence is refused here. @throws OPERATION_REFUSED, BEACON_* */
async function checkedSender(
  source: Pubkey,
  target: Pubkey,
  context: CommandContext,
): Promise<string | null> {
  if (context.settings['beacon-node'].length === 0) {
    context.output.note('not checked against the chain: --beacon-node URL would');
    return null;
  }
  const both = source === target ? [source] : [source, target];
  const asked = await askValidators(context, both);
  const [from, to = from] = asked.known;
  if (from === undefined || to === undefined) return null;
  const leaving = from === to ? [] : (await leavingProblems({ ...asked, known: [from] })).get(from);
  const problems = [...judgeFork(asked), ...judgeConsolidation(from, to, leaving ?? [])];
  const sender = senderOf(from);
  if (sender !== senderOf(to)) {
    context.output.note(
      'the target has another withdrawal address than the source: the balance would be its owner’s',
    );
  }
  if (problems.length > 0) throw keyLifeError('OPERATION_REFUSED', problems.join('; '));
  return sender;
}
