import { Command } from 'commander';
import { parsePubkey } from '../../../core/units.ts';
import { readHistory, recordAsJson, type HistoryRecord } from '../../../slashing-db/index.ts';
import { databasePath } from '../../../signer/data-directory.ts';
import { cliError } from '../../cli-errors.ts';
import { refuseServer } from '../../not-on-server.ts';
import { commandContext } from '../../command-context.ts';
import { examples } from '../../examples.ts';
import { formatTable } from '../../format-table.ts';
import { requireDatabase } from '../../require-database.ts';

interface Options {
  readonly key?: string;
  readonly type?: string;
  readonly verdict?: string;
  readonly last: string;
}

export function auditShowCommand(): Command {
  return new Command('show')
    .description('show what was signed, refused and done, oldest first; works beside a running signer')
    .option('--key <PUBKEY>', 'only of this key')
    .option('--type <TYPE>', 'only of this message type or act, for example ATTESTATION or freeze')
    .option('--verdict <WORD>', 'only signed, refused or done')
    .option('--last <N>', 'how many records, the newest of those that fit', '50')
    .addHelpText(
      'after',
      examples(
        'vigil audit show --key 0xa99a…8c7b --verdict refused',
        'vigil audit show --type freeze --json',
      ),
    )
    .action((options: Options, command: Command) => {
      const { settings, output } = commandContext(command);
      refuseServer(
        settings,
        'the table `history` holds the records; `vigil audit verify` follows their chains',
      );
      const path = databasePath(settings['data-dir']);
      requireDatabase(path);
      const fits = filter(options);
      const limit = positive(options.last);
      const shown = readHistory(path, [], ({ records }) => {
        const newest: HistoryRecord[] = [];
        for (const record of records()) {
          if (fits(record)) newest.push(record);
          if (newest.length > 2 * limit) newest.splice(0, newest.length - limit);
        }
        return newest.slice(-limit);
      });
      output.result(
        shown.map(recordAsJson),
        formatTable(['record', 'time', 'verdict', 'type', 'key', 'what', 'client', 'reason'], shown.map(row)),
      );
    });
}

function filter({ key, type, verdict }: Options): (record: HistoryRecord) => boolean {
  const pubkey = key === undefined ? null : parsePubkey(key, '--key');
  return (record) =>
    (pubkey === null || record.pubkey === pubkey) &&
    (type === undefined || record.type === type) &&
    (verdict === undefined || record.verdict === verdict);
}

function positive(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text))
    throw cliError('BAD_ARGUMENT', '--last must be a number from 1 to 9999999');
  return Number(text);
}

function row(record: HistoryRecord): string[] {
  const { slot, source, target } = record;
  const what =
    slot !== null && target === null
      ? `slot ${slot}`
      : source !== null && target !== null
        ? `${source} -> ${target}`
        : target !== null
          ? `epoch ${target}`
          : '';
  return [
    record.index.toString(),
    new Date(Number(record.timeMs)).toISOString(),
    record.verdict,
    record.type,
    record.pubkey === null ? '' : `${record.pubkey.slice(0, 10)}…${record.pubkey.slice(-4)}`,
    what,
    record.client,
    record.reason ?? '',
  ];
}
