import { Command } from 'commander';
import { formatEth, PayoutLedger, verifyManifest } from '../../../monitor/splits/index.ts';
import { examples } from '../../examples.ts';
import { ledgerOptions, rewardsLedger, rewardsOutput } from '../../rewards-options.ts';

export function rewardsVerifyCommand(): Command {
  const command = new Command('verify')
    .description('compute a split again from the ledger and compare everything; names the first difference')
    .argument('<MANIFEST>', 'manifest.json of the split, with the other files beside it');
  return ledgerOptions(command)
    .option('--payouts <FILE>', 'payout ledger, to compare opening balances and the closed entry with')
    .addHelpText(
      'after',
      examples(
        'vigil rewards verify rewards-2026-10/manifest.json --ledger october.jsonl --payouts payouts.jsonl',
      ),
    )
    .action((path: string, options: { payouts?: string }, command: Command) => {
      const { payouts } = options;
      const { produced, closed } = verifyManifest(
        path,
        rewardsLedger(command),
        payouts === undefined ? null : (pool) => new PayoutLedger(payouts, pool),
      );
      const { totals, participants } = produced.result;
      rewardsOutput(command).result({ verified: true, closed, manifest: produced.manifest }, [
        `Recomputed from ${produced.manifest.rows.rows} rows: every file is what it was.`,
        `${formatEth(totals.payoutWei)} ETH to ${participants.filter(({ payoutWei }) => payoutWei > 0n).length} participants.`,
        ...(closed === null
          ? []
          : [closed ? 'The payout ledger closed this split.' : 'This split is not closed.']),
      ]);
    });
}
