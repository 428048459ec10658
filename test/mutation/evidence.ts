import type { Mutant, StorageKind } from './mutant.ts';
import { storagesOf } from './stages.ts';

/** A bug, and the storage that the tests ran over. */
export interface Trial {
  readonly mutant: Mutant;
  readonly over: StorageKind;
}

export interface Killed extends Trial {
  /** Full name of the first test that failed, with its file. */
  readonly by: string;
}

/** Bugs of what both storages have in common are tried over both. */
export const trialsOf = (mutants: readonly Mutant[]): Trial[] =>
  mutants.flatMap((mutant) => storagesOf(mutant).map((over) => ({ mutant, over })));

const SHOWN: Readonly<Record<StorageKind, string>> = { sqlite: 'SQLite', postgres: 'PostgreSQL' };

/** As the page names a trial. */
export const nameOf = ({ mutant, over }: Trial): string => `${mutant.name} | ${SHOWN[over]}`;

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** docs/mutation-evidence.md */
export function renderEvidence(killed: readonly Killed[]): string {
  const bugs = new Set(killed.map(({ mutant }) => mutant)).size;
  const rows = killed.map(
    ({ mutant, over, by }) => `| ${cell(mutant.name)} | ${SHOWN[over]} | \`${mutant.file}\` | ${cell(by)} |`,
  );
  return [
    '# Mutation evidence',
    '',
    'Written by `npm run test:mutation`; do not edit. Each row is a bug that was put into a copy of the tree, alone, and the first test that failed because of it. A bug of what both storages have in common is tried over both. The bugs are listed in `test/mutation/`. Among them are those that the official EIP-3076 suite does not notice: unrecorded attestations, source after target, the last of two entries for a key winning, no surround check on what was signed, letter case, integers beyond 2^53.',
    '',
    `${bugs} bugs, tried ${killed.length} times, all found.`,
    '',
    '| bug | over | file | found by |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

/** The trials that a rendered table lists, as {@link nameOf} calls them, with what found the bug. */
export function foundIn(markdown: string): Map<string, string> {
  const rows = markdown.split('\n').filter((line) => line.startsWith('| ') && line.includes('`'));
  return new Map(
    rows.map((row) => {
      const [name = '', over = '', , ...by] = row.slice(2, -2).split(' | ');
      return [`${name} | ${over}`, by.join(' | ')];
    }),
  );
}
