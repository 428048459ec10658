import { Command } from 'commander';
import { parsePubkey } from '../../../core/units.ts';
import {
  newestOfServer,
  readHistory,
  recordAsJson,
  type HistoryRecord,
  type RecordFilter,
} from '../../../slashing-db/index.ts';
import { databasePath } from '../../../signer/data-directory.ts';
import { cliError } from '../../cli-errors.ts';
import { commandContext } from '../../command-context.ts';
import { examples } from '../../options/examples.ts';
import { requireDatabase } from '../../database/require-database.ts';
import { serverPlace } from '../../database/server-place.ts';

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
    .action(async (options: Options, command: Command) => {
      const { settings, output } = commandContext(command);
      const place = serverPlace(settings);
      const filter = filterOf(options);
      const limit = positive(options.last);
      if (place !== null) {
        const found = await newestOfServer(place, filter, limit);
        output.table(
          found.map(({ signer, record }) => ({ signer, ...recordAsJson(record) })),
          ['signer', ...HEADER],
          found.map(({ signer, record }) => [signer, ...row(record)]),
        );
        return;
      }
      const path = databasePath(settings['data-dir']);
      requireDatabase(path);
      const shown = newestOfFile(path, filter, limit);
      output.table(shown.map(recordAsJson), HEADER, shown.map(row));
    });
}

const HEADER = ['record', 'time', 'verdict', 'type', 'key', 'what', 'client', 'reason'];

function newestOfFile(path: string, filter: RecordFilter, limit: number): HistoryRecord[] {
  return readHistory(path, [], ({ records }) => {
    const newest: HistoryRecord[] = [];
    for (const record of records()) {
      if (fits(record, filter)) newest.push(record);
      if (newest.length > 2 * limit) newest.splice(0, newest.length - limit);
    }
    return newest.slice(-limit);
  });
}

const filterOf = ({ key, type, verdict }: Options): RecordFilter => ({
  pubkey: key === undefined ? null : parsePubkey(key, '--key'),
  type: type ?? null,
  verdict: verdict ?? null,
});

const fits = (record: HistoryRecord, { pubkey, type, verdict }: RecordFilter): boolean =>
  (pubkey === null || record.pubkey === pubkey) &&
  (type === null || record.type === type) &&
  (verdict === null || record.verdict === verdict);

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
