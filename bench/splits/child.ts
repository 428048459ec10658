import { join } from 'node:path';
import {
  LedgerFile,
  OutputFolder,
  parsePeriod,
  PayoutLedger,
  produceSplit,
  readPoolFile,
} from '../../monitor/splits/index.ts';

/** One split as `vigil rewards split` does it, from files to files, in a process of its own: its memory is measured. */
const [folder = '', label = ''] = process.argv.slice(2);
const started = process.hrtime.bigint();
const source = readPoolFile(join(folder, 'pool.yaml'));
const ledger = new LedgerFile(join(folder, 'ledger.jsonl'));
const period = parsePeriod(label, ledger.chain);
const payouts = new PayoutLedger(join(folder, 'payouts.jsonl'), source.pool.name);
const output = new OutputFolder(join(folder, 'out'));
const { manifest } = produceSplit(
  {
    ledger,
    source,
    period,
    opening: payouts.stateBefore(period),
    acceptance: { gaps: null, residual: null },
    toolVersion: 'bench',
  },
  (file) => output.put(file),
);
output.finish();
const seconds = Number(process.hrtime.bigint() - started) / 1e9;
const rssMb = process.resourceUsage().maxRSS / 1024;
console.log(
  JSON.stringify({
    seconds,
    rssMb,
    rows: manifest.rows.rows,
    payoutWei: manifest.totals.payoutWei.toString(),
  }),
);
