import type { Mutant } from './mutant.ts';

/** Where most tests of the guard are. */
export const TESTS = 'test/unit/slashing-db';
const under = (root: string, ...names: readonly string[]): string[] => names.map((name) => `${root}/${name}`);

/** Tests that are run together; the next stage only if none of them fails. */
export interface Stage {
  readonly project: 'unit' | 'postgres';
  readonly tests: readonly string[];
}

/** The quick tests first: most bugs end there. */
const STAGES: readonly Stage[] = [
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

/** Of what only the storage on a server is made of. What is left to chance, or to the clock, proves nothing here. */
const SHARED_STAGES: readonly Stage[] = [
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
      ...['batches', 'lost-acts', 'connection-loss', 'opening', 'restore-in-place', 'copy'],
    ),
  },
  {
    project: 'postgres',
    tests: under(
      TESTS,
      ...['guard', 'operator', 'rollback', 'history', 'interchange/import-inputs', 'interchange/export'],
      ...['interchange/hostile-imports', 'properties/merge-laws'],
    ),
  },
];
export const isShared = (file: string): boolean => /^slashing-db\/(shared|storage\/postgres)\//.test(file);
export const stagesOf = ({ file }: Mutant): readonly Stage[] => (isShared(file) ? SHARED_STAGES : STAGES);
