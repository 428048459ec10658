import type { Mutant, StorageKind } from './mutant.ts';

/** Where most tests of the guard are. */
export const TESTS = 'test/unit/slashing-db';
const under = (root: string, ...names: readonly string[]): string[] => names.map((name) => `${root}/${name}`);

/** Tests that are run together; the next stage only if none of them fails. */
export interface Stage {
  readonly project: 'unit' | 'postgres';
  readonly tests: readonly string[];
}

/** The quick tests first: most bugs end there. */
const OVER_SQLITE: readonly Stage[] = [
  {
    project: 'unit',
    tests: under(
      TESTS,
      ...['guard', 'operator', 'rollback', 'history', 'storage'],
      ...['interchange/import-inputs', 'interchange/export'],
    ),
  },
  {
    project: 'unit',
    tests: under(TESTS, 'properties', 'interchange/vectors', 'interchange/hostile-imports'),
  },
];

/** Of what both have in common the tests are in both projects. */
const OF_BOTH: readonly Stage[] = [
  {
    project: 'postgres',
    tests: under(
      TESTS,
      ...['guard', 'operator', 'rollback', 'history'],
      ...['interchange/import-inputs', 'interchange/export', 'interchange/vectors'],
    ),
  },
  { project: 'postgres', tests: under(TESTS, 'properties', 'interchange/hostile-imports') },
];

/** Of what only the storage on a server is made of. What is left to chance, or to the clock, proves nothing here. */
const OF_SHARING: readonly Stage[] = [
  {
    project: 'postgres',
    tests: under(
      'test/postgres',
      ...[
        'judge-return',
        'sql-rules',
        'second-lock',
        'waiting-for-others',
        'connection.test',
        'shared-guard',
      ],
    ),
  },
  {
    project: 'postgres',
    tests: under(
      'test/postgres',
      ...[
        'batches',
        'lost-acts',
        'connection-loss',
        'opening',
        'restore-in-place',
        'copy',
        'anchors',
        'moving',
        'turns',
        'clocks',
        'lost-records',
        'stuck-sessions',
        'slow-link',
      ],
    ),
  },
];

/** Files are read, records chained and exports written the same whatever they come from and go to. */
const ONLY_OF: Readonly<Record<StorageKind, RegExp>> = {
  sqlite:
    /^core\/|^slashing-db\/(storage\/sqlite\/|commit\/|interchange\/|slashing-guard\.ts|export-database\.ts|open-storage\.ts|history\/(hash-chain|verify-history)\.ts)/,
  postgres: /^slashing-db\/(storage\/postgres|shared)\//,
};

/** The storages that a bug can do harm over: of the guard that both have in common, both. */
export function storagesOf({ file, only }: Pick<Mutant, 'file' | 'only'>): readonly StorageKind[] {
  if (only !== undefined) return [only];
  if (ONLY_OF.sqlite.test(file)) return ['sqlite'];
  return ONLY_OF.postgres.test(file) ? ['postgres'] : ['sqlite', 'postgres'];
}

/** What is tried, in this order, of a bug over that storage. */
export function stagesOf(mutant: Mutant, over: StorageKind): readonly Stage[] {
  if (over === 'sqlite') return OVER_SQLITE;
  if (/copy|merge-/.test(mutant.file)) return [...OF_SHARING, ...OF_BOTH];
  return storagesOf(mutant).length > 1 ? [...OF_BOTH, ...OF_SHARING] : [...OF_SHARING, ...OF_BOTH];
}
