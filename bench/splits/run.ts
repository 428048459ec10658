import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withFolder } from '../support/bench-guard.ts';
import { makeLedger, makePool } from './make-inputs.ts';

/**
 * `npm run bench:splits`: a month of 10,000 validators among 5,000 participants, from the ledger file to the last
 * statement on the disk; `-- --json` prints `{"seconds","rssMb"}`. Making the inputs is not counted.
 */
const VALIDATORS = 10_000;
const PARTICIPANTS = 5_000;
const PERIOD = '2026-10';
const CHILD = fileURLToPath(new URL('child.ts', import.meta.url));

await withFolder((folder) => {
  makeLedger(join(folder, 'ledger.jsonl'), PERIOD, VALIDATORS);
  makePool(join(folder, 'pool.yaml'), PARTICIPANTS);
  const output = execFileSync(process.execPath, ['--no-warnings', CHILD, folder, PERIOD], {
    encoding: 'utf8',
  });
  const measured = JSON.parse(output) as { seconds: number; rssMb: number; rows: number };
  const seconds = Number(measured.seconds.toFixed(2));
  const rssMb = Math.round(measured.rssMb);
  if (process.argv.includes('--json')) console.log(JSON.stringify({ seconds, rssMb }));
  else {
    const ledgerMib = statSync(join(folder, 'ledger.jsonl')).size / 2 ** 20;
    console.log(
      `${measured.rows.toLocaleString('en')} rows (${ledgerMib.toFixed(0)} MiB), ${PARTICIPANTS.toLocaleString('en')} participants:`,
    );
    console.log(`${seconds} s (target 10 s), peak memory ${rssMb} MiB (target 500 MiB)`);
  }
  return Promise.resolve();
});
