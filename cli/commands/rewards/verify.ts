import { Command } from 'commander';
import vigil from '../../../package.json' with { type: 'json' };
import { formatEth, verifyManifest } from '../../../monitor/splits/index.ts';
import { cliError } from '../../cli-errors.ts';
import { examples } from '../../options/examples.ts';
import { existingPayouts } from '../../rewards-payouts.ts';
import { ledgerOptions, rewardsLedger, rewardsOutput } from '../../options/rewards-options.ts';

interface Options {
  readonly payouts?: string;
  readonly manifestHash?: string;
}

export function rewardsVerifyCommand(): Command {
  const command = new Command('verify')
    .description('compute a split again from the ledger and compare everything; names the first difference')
    .argument('<MANIFEST>', 'manifest.json of the split, with the other files beside it');
  return ledgerOptions(command)
    .option('--payouts <FILE>', 'payout ledger, to compare opening balances and the closed entry with')
    .option('--manifest-hash <SHA256>', 'sha256 of the manifest as it was published')
    .addHelpText(
      'after',
      examples(
        'vigil rewards verify rewards-2026-10/manifest.json --ledger october.jsonl --payouts payouts.jsonl',
      ),
    )
    .action((path: string, options: Options, command: Command) => {
      const { payouts, manifestHash } = options;
      const { produced, closed, otherVersion, statements } = verifyManifest(
        path,
        rewardsLedger(command, 'epochs'),
        payouts === undefined ? null : (pool) => existingPayouts(payouts, pool),
        {
          toolVersion: vigil.version,
          ...(manifestHash === undefined ? {} : { manifestHash: sha256Of(manifestHash) }),
        },
      );
      const { totals, participants } = produced.result;
      rewardsOutput(command).result(
        { verified: true, closed, otherVersion, statements, manifest: produced.manifest },
        [
          `Recomputed from ${produced.manifest.rows.rows} rows: every file is what it was.`,
          `${formatEth(totals.payoutWei)} ${produced.manifest.currency} to ${participants.filter(({ payoutWei }) => payoutWei > 0n).length} participants.`,
          ...(closed === null
            ? []
            : [closed ? 'The payout ledger closed this split.' : 'This split is not closed.']),
          ...(otherVersion === null
            ? []
            : [
                `The manifest says that Vigil ${otherVersion} made it; this is ${vigil.version}, with the same rules.`,
              ]),
          ...(statements.length === 0
            ? []
            : [
                'On the word of its maker alone, as it cannot be recomputed; --payouts or --manifest-hash would prove it:',
                ...statements.map((statement) => `  ${statement}`),
              ]),
        ],
      );
    });
}

function sha256Of(text: string): string {
  if (/^(0x)?[0-9a-fA-F]{64}$/.test(text)) return text.replace(/^0x/, '').toLowerCase();
  throw cliError('BAD_ARGUMENT', '--manifest-hash must be 64 hex digits');
}
