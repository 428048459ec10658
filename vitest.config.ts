import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/*
 * What is tested end to end, by what it bears beside it: anything; one other whole daemon; nothing at all, because what
 * daemons take of the machine under load is part of what is tested.
 */
const BESIDE_OTHERS = [
  'test/e2e/key-life/*.test.ts',
  'test/e2e/{cli,config-check,output,missing-data,doctor,launcher}.test.ts',
  'test/e2e/{access,alerts,keymanager,policy,reload}.test.ts',
];
const DAEMONS = ['test/e2e/{daemon,demo,kill,signals,survival,watches}.test.ts'];
// Hundreds of tests start Vigil in a process of its own: what one of them compiled the next need not.
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(
  new URL('node_modules/.cache/vigil-tests', import.meta.url),
);
/** One more than there are cores: now and then a test waits for something. */
const WORKERS = availableParallelism() + 1;

const endToEnd = (
  name: string,
  groupOrder: number,
  maxWorkers: number,
  files: { readonly include: string[]; readonly exclude?: string[] },
) => ({
  test: {
    name,
    ...files,
    testTimeout: 180_000,
    hookTimeout: 120_000,
    maxWorkers,
    sequence: { groupOrder },
    globalSetup: ['test/support/build-dist.ts'],
    setupFiles: ['test/support/assert-runtime.ts'],
  },
});

export default defineConfig({
  test: {
    reporters: process.env['CI']
      ? ['default', ['json', { outputFile: 'test-results/vitest.json' }]]
      : ['default'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          testTimeout: 60_000,
          maxWorkers: WORKERS,
          sequence: { groupOrder: 0 },
          setupFiles: ['test/support/assert-runtime.ts'],
        },
      },
      {
        test: {
          name: 'postgres',
          // Those of the guard that are not about a file run over both storages.
          include: [
            'test/postgres/**/*.test.ts',
            'test/unit/crash/killed-process.test.ts',
            'test/unit/slashing-db/guard/*.test.ts',
            'test/unit/slashing-db/history/{history,look-up}.test.ts',
            'test/unit/slashing-db/interchange/{vectors,export,import-inputs,import-inputs-accepted,hostile-imports}.test.ts',
            'test/unit/slashing-db/operator/*.test.ts',
            'test/unit/slashing-db/properties/*.test.ts',
            'test/unit/slashing-db/rollback/{evidence,ways-out}.test.ts',
          ],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: WORKERS,
          sequence: { groupOrder: 0 },
          globalSetup: ['test/support/postgres-for-tests.ts'],
          setupFiles: ['test/support/assert-runtime.ts'],
        },
      },
      endToEnd('e2e', 0, WORKERS, { include: BESIDE_OTHERS }),
      endToEnd('e2e-daemons', 1, 2, { include: DAEMONS }),
      endToEnd('e2e-alone', 2, 1, {
        include: ['test/e2e/**/*.test.ts'],
        exclude: [...BESIDE_OTHERS, ...DAEMONS],
      }),
    ],
  },
});
