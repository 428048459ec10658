import { Command } from 'commander';
import { checksumAddress } from '../../../core/execution-address.ts';
import { parseRoot } from '../../../core/units.ts';
import { ethText } from '../../../key-life/deposit/amount.ts';
import { depositProblems } from '../../../key-life/deposit/check-deposit.ts';
import { parseDepositFile, type DepositEntry } from '../../../key-life/deposit/deposit-file.ts';
import { parseWithdrawalAddress, readCredentials } from '../../../key-life/deposit/withdrawal-credentials.ts';
import { toHex } from '../../../core/hex.ts';
import { keyLifeError } from '../../../key-life/key-life-errors.ts';
import { readBoundedFile } from '../../../signer/keystore/read-bounded-file.ts';
import { chainSpecOf, commandContext } from '../../command-context.ts';
import { examples } from '../../options/examples.ts';
import { startProgress } from '../../output/progress.ts';

interface Options {
  readonly withdrawalAddress?: string;
}

/** 10,000 deposits are 7 MB. */
const MAX_BYTES = 64 * 1024 * 1024;

export function depositVerifyCommand(): Command {
  return new Command('verify')
    .description(
      'work out roots and signatures of a deposit file a second time, with other code than makes them, and show where the money would go',
    )
    .argument('<FILE>', 'deposit_data-*.json')
    .option('--withdrawal-address <ADDRESS>', 'where all withdrawals have to go')
    .addHelpText(
      'after',
      examples(
        'vigil deposit verify validator_keys/deposit_data-1750000000.json --network hoodi --withdrawal-address 0x…',
      ),
    )
    .action(async (file: string, options: Options, command: Command) => {
      const context = commandContext(command);
      const spec = await chainSpecOf(context);
      const wanted =
        options.withdrawalAddress === undefined
          ? null
          : toHex(parseWithdrawalAddress(options.withdrawalAddress, '--withdrawal-address'));
      const entries = parseDepositFile(await readBoundedFile(file, MAX_BYTES), file);
      const progress = startProgress('verifying', entries.length);
      const seen = new Set<string>();
      const rows = entries.map((entry, at) => {
        const problems = [
          ...depositProblems(entry, spec),
          ...unwanted(entry, wanted),
          ...repeated(entry, seen),
        ];
        progress.update(at + 1);
        return {
          pubkey: `0x${entry.pubkey}`,
          amountGwei: entry.amount,
          withdrawal: destination(entry),
          problems,
        };
      });
      progress.stop();
      context.output.table(
        rows,
        ['pubkey', 'ETH', 'withdrawals', 'problems'],
        rows.map(({ pubkey, amountGwei, withdrawal, problems }) => [
          pubkey,
          ethText(BigInt(amountGwei)),
          withdrawal,
          problems.length === 0 ? 'none' : problems.join('; '),
        ]),
      );
      const total = entries.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
      context.output.note(`${entries.length} deposits, ${ethText(total)} ETH in all, for ${spec.name}`);
      const wrong = rows.filter(({ problems }) => problems.length > 0).length;
      if (wrong > 0)
        throw keyLifeError('DEPOSIT_WRONG', `${wrong} of ${rows.length} deposits have a problem`);
    });
}

const credentialsOf = (entry: DepositEntry) =>
  readCredentials(parseRoot(`0x${entry.withdrawal_credentials}`, 'withdrawal_credentials'));

function destination(entry: DepositEntry): string {
  const read = credentialsOf(entry);
  if (read === null) return `unknown (0x${entry.withdrawal_credentials})`;
  if (read.address === null) return 'a BLS key of the mnemonic (0x00)';
  return `${checksumAddress(read.address)} (${read.kind === 'compounding' ? '0x02, compounding' : '0x01'})`;
}

function unwanted(entry: DepositEntry, wanted: string | null): string[] {
  return wanted === null || credentialsOf(entry)?.address === wanted
    ? []
    : [`withdrawals do not go to ${wanted}`];
}

/** The launchpad would send it twice, and the second would be a top-up. @param seen the keys before this one */
function repeated({ pubkey }: DepositEntry, seen: Set<string>): string[] {
  if (seen.has(pubkey)) return ['the same key is in the file before'];
  seen.add(pubkey);
  return [];
}
