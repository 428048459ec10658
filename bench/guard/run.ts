import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { formatTable } from '../../cli/output/format-table.ts';
import { measureChecks, type ChecksResult } from './checks.ts';

/**
 * `npm run bench:guard`: the guard alone, without HTTP and without signing; `-- --json` prints one JSON object.
 * Injected latency blocks the committing thread on top of the real fsync.
 */
const BATCHES = [1, 32, 128, 512];
const DELAYS_MS = [0, 2, 5, 10];
const CHILD = fileURLToPath(new URL('child.ts', import.meta.url));

interface KeysResult {
  readonly keys: number;
  readonly openMs: number;
  readonly fileMiB: number;
  readonly bytesPerDecision: number;
  readonly memoryMiB: number;
  readonly baseMiB: number;
}

interface ImportResult {
  readonly attestations: number;
  readonly seconds: number;
  readonly memoryMiB: number;
  readonly baseMiB: number;
}

const progress = (text: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r${text.padEnd(60)}`);
};

const checks: ChecksResult[] = [];
for (const delayMs of DELAYS_MS) {
  for (const batch of BATCHES) {
    progress(`checks: batch ${batch}, ${delayMs} ms injected`);
    checks.push(await measureChecks(batch, delayMs));
  }
}
const keys = [1000, 100_000].map((count) => {
  progress(`${count} keys`);
  return inChild('keys', count) as KeysResult;
});
progress('import of a million attestations');
const imported = inChild('import', 1_000_000) as ImportResult;
progress('');

if (process.argv.includes('--json')) {
  console.log(JSON.stringify({ checks, keys, import: imported }));
} else {
  const whole = (value: number): string => Math.round(value).toLocaleString('en');
  const tables = [
    formatTable(
      ['injected', 'batch', 'checks/s (median of 5)', 'lowest', 'highest', 'of ideal'],
      checks.map((row) => [
        row.delayMs === 0 ? 'none' : `${row.delayMs} ms`,
        row.batch.toString(),
        whole(row.perSecond),
        whole(row.lowest),
        whole(row.highest),
        row.ofIdeal === null ? '' : `${Math.round(row.ofIdeal * 100)} %`,
      ]),
    ),
    formatTable(
      ['keys', 'open', 'file', 'growth per decision', 'peak memory', 'of which runtime'],
      keys.map((row) => [
        whole(row.keys),
        `${whole(row.openMs)} ms`,
        `${row.fileMiB.toFixed(1)} MiB`,
        `${whole(row.bytesPerDecision)} B`,
        `${whole(row.memoryMiB)} MiB`,
        `${whole(row.baseMiB)} MiB`,
      ]),
    ),
    [
      `import of ${whole(imported.attestations)} attestations: ${imported.seconds.toFixed(1)} s (target 10 s), ` +
        `peak memory ${whole(imported.memoryMiB)} MiB (target 300 MiB)`,
    ],
  ];
  for (const line of tables.flatMap((table) => [...table, ''])) console.log(line);
}

function inChild(what: string, size: number): unknown {
  const output = execFileSync(process.execPath, ['--no-warnings', CHILD, what, String(size)], {
    encoding: 'utf8',
  });
  return JSON.parse(output);
}
