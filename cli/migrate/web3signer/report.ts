import { join, resolve } from 'node:path';
import { CONFIG_FILE_NAME } from '../../../core/config/resolve-settings.ts';
import type { Pubkey } from '../../../core/units.ts';
import { formatTable } from '../../output/format-table.ts';
import type { SettingLine } from './becomes.ts';
import type { KeyResult, KeyStatus } from './bring-in.ts';
import type { HistoryCounts } from './history.ts';
import type { MappedOption } from './option-map.ts';
import { printable, shellQuote } from './shell-quote.ts';

/** All that the command has to tell; `--json` prints it as it is. Nothing secret gets in here. */
export interface MigrationReport {
  readonly configFile: string | null;
  readonly dataDir: string;
  readonly dryRun: boolean;
  /** Whether the command went through, or stopped before it opened a key. */
  readonly complete: boolean;
  readonly options: readonly MappedOption[];
  readonly keys: readonly KeyResult[];
  readonly history: HistoryReport;
  /** Files with keys or passwords that other users of the machine may touch. */
  readonly exposedFiles: readonly string[];
  readonly remarks: readonly string[];
  readonly outConfig: string | null;
}

export interface HistoryReport {
  readonly file: string | null;
  readonly content: HistoryCounts | null;
  /** Keys whose watermarks rose; null when nothing was merged. */
  readonly raised: number | null;
  /** Keys that were brought in and whose votes the file does not know. */
  readonly keysWithoutVotes: readonly Pubkey[];
  readonly onMissingHistory: 'floor' | 'refuse' | 'trust';
}

/** The report for people. */
export function migrationLines(report: MigrationReport): string[] {
  return [
    ...optionLines(report.options),
    ...keyLines(report.keys),
    ...historyLines(report),
    ...exposedLines(report.exposedFiles),
    ...report.remarks.flatMap((remark) => [`note: ${remark}`, '']),
    ...(report.complete ? lastSteps(report) : []),
  ].map(printable);
}

function optionLines(options: readonly MappedOption[]): string[] {
  if (options.length === 0) return ['no option of Web3Signer is set', ''];
  const todo = options.flatMap(({ option, becomes }) =>
    becomes.kind === 'by-hand' ? [`${option}: ${becomes.todo}`] : [],
  );
  return [
    ...formatTable(
      ['option of Web3Signer', 'in Vigil'],
      options.map(({ option, becomes }) => [printable(option), fate(becomes)]),
    ),
    '',
    ...byHandLines(todo),
  ];
}

/** Under the table: commands to copy would tear its columns apart. */
const byHandLines = (todo: readonly string[]): string[] =>
  todo.length === 0 ? [] : ['To be done by hand:', ...todo.map((line) => `  ${line}`), ''];

function fate(becomes: MappedOption['becomes']): string {
  switch (becomes.kind) {
    case 'setting': {
      const value = printable(becomes.values.join(', '));
      return `${becomes.setting}: ${value}${becomes.remark === undefined ? '' : ` (${becomes.remark})`}`;
    }
    case 'used':
      return becomes.what;
    case 'none':
      return `no counterpart: ${becomes.why}`;
    case 'by-hand':
      return byHandFate(becomes.lines ?? []);
    case 'unknown':
      return 'UNKNOWN: no option of Web3Signer that Vigil knows; see what it is for';
  }
}

function byHandFate(lines: readonly SettingLine[]): string {
  if (lines.length === 0) return 'by hand, see below';
  const names = lines.map(([setting]) => setting).join(', ');
  return `by hand, see below; ${names} are set, and Vigil does not start before`;
}

function keyLines(keys: readonly KeyResult[]): string[] {
  if (keys.length === 0) return ['no keys were found', ''];
  const counts = new Map<KeyStatus, number>();
  for (const { status } of keys) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [
    ...formatTable(
      ['file', 'pubkey', 'status', 'message'],
      keys.map(({ label, pubkey, status, message }) => [
        printable(label),
        pubkey ?? '-',
        status,
        status === 'by-hand' ? 'see below' : printable(message),
      ]),
    ),
    '',
    `keys: ${[...counts].map(([status, count]) => `${count} ${status}`).join(', ')}`,
    '',
    ...byHandLines(
      keys.flatMap(({ label, status, message }) => (status === 'by-hand' ? [`${label}: ${message}`] : [])),
    ),
  ];
}

function historyLines({ history, dryRun, complete }: MigrationReport): string[] {
  if (!complete) return [];
  const lines = [...contentLines(history, dryRun), ...withoutVotesLines(history)];
  return lines.length === 0 ? [] : [...lines, ''];
}

function contentLines({ file, content, raised }: HistoryReport, dryRun: boolean): string[] {
  if (content === null) return [];
  const holds = `${content.blocks} blocks and ${content.attestations} attestations of ${content.keys} keys`;
  const done =
    raised !== null
      ? `merged; it raised the watermarks of ${raised}`
      : dryRun
        ? 'would be merged'
        : 'not merged, because no key could be opened';
  const doubt = `warning: ${content.suspicious} entries contradict each other or themselves; their keys may have signed slashable messages elsewhere`;
  return [`history: ${holds} in ${file ?? ''}: ${done}`, ...(content.suspicious > 0 ? [doubt] : [])];
}

function withoutVotesLines({ file, keysWithoutVotes, onMissingHistory }: HistoryReport): string[] {
  if (keysWithoutVotes.length === 0) return [];
  const count = keysWithoutVotes.length;
  const why = file === null ? 'come without slashing history' : `have no vote in ${file}`;
  return [
    `warning: ${count} keys ${why}. What the database does not know of them, on-missing-history decides: ${CONSEQUENCE[onMissingHistory]}`,
    ...keysWithoutVotes.map((pubkey) => `  ${pubkey}`),
  ];
}

const CONSEQUENCE = {
  floor: 'floor, they sign nothing slashable before the next epoch after the signer starts',
  refuse: 'refuse, they sign nothing slashable before their history is imported',
  trust: 'trust, THEY ARE TAKEN TO HAVE SIGNED NOTHING, and if they have, they can be slashed',
} as const;

const MANY = 5;

function exposedLines(files: readonly string[]): string[] {
  if (files.length === 0) return [];
  const more = files.length > MANY ? [`  and ${files.length - MANY} more`] : [];
  return [
    `warning: other users of this machine may read ${files.length} files with keys or passwords:`,
    ...files.slice(0, MANY).map((file) => `  ${file}`),
    ...more,
    '',
  ];
}

function lastSteps({ dataDir, dryRun, keys, outConfig }: MigrationReport): string[] {
  if (dryRun) return ['Nothing was written (--dry-run).'];
  if (!keys.some(({ status }) => status === 'imported' || status === 'already-here')) return [];
  const inPlace = outConfig === null || resolve(outConfig) === join(dataDir, CONFIG_FILE_NAME);
  const config = inPlace ? '' : ` --config ${shellQuote(outConfig)}`;
  return [
    'Before Vigil starts with these keys:',
    '  1. Stop every Web3Signer that has them, and keep it from starting again (service, container, cluster).',
    '  2. Take the keys away from it: move its key files and keystores off the machine. Two signers with two databases',
    '     are how validators get slashed, and neither database can see the other.',
    '  3. If it signed anything after its history was exported, export again and merge that too:',
    `     vigil slashing-db import FILE --data-dir ${shellQuote(dataDir)}`,
    `  4. Start it: vigil signer --data-dir ${shellQuote(dataDir)}${config}`,
  ];
}
