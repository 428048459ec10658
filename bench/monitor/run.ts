import { parseArgs } from 'node:util';
import { formatTable } from '../../cli/output/format-table.ts';
import { databaseGrowth } from './database-growth.ts';
import { measure, type Measured } from './measure.ts';

/**
 * `npm run bench:monitor`: what the monitor asks for and takes in an epoch of a network of a million validators, and how
 * its database grows; `-- --json` prints a list with one object for each size of the watch list. `--network gnosis` has
 * the constants of that chain, `--watched 1000` measures one size alone.
 */
const NETWORK = 1_000_000;
const WATCHED = [100, 1000, 10_000];
const WARM_UP = 2;
const EPOCHS = 3;
const SLOTS_PER_EPOCH = { mainnet: 32, gnosis: 16 };
const GROWTH = { validators: 100, epochs: 2304 };

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    network: { type: 'string', default: 'mainnet' },
    watched: { type: 'string', multiple: true, default: WATCHED.map(String) },
  },
});
const chain = chainNamed(values.network);

const rows: Measured[] = [];
for (const watched of values.watched.map(countOf)) {
  const slotsPerEpoch = SLOTS_PER_EPOCH[chain];
  console.error(`${watched} watched validators on ${chain}`);
  rows.push(
    await measure({ chain, slotsPerEpoch, network: NETWORK, watched, warmUp: WARM_UP, epochs: EPOCHS }),
  );
}
console.error('growth of the database');
const growth = await databaseGrowth(chain, GROWTH);

if (values.json) {
  console.log(
    JSON.stringify(
      rows.map((row) => ({
        ...row,
        seconds: hundredths(row.seconds),
        cpuSeconds: hundredths(row.cpuSeconds),
        rssMb: Math.round(row.rssMb),
        databaseBytesPerValidatorYear: Math.round(growth.perValidatorYear),
        databaseBytesPerYear: Math.round(growth.perYear),
      })),
    ),
  );
} else {
  const whole = (value: number): string => Math.round(value).toLocaleString('en');
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;
  const lines = formatTable(
    ['watched', 'calls', 'bytes', 'besides blocks, committees', 'seconds', 'processor', 'peak memory'],
    rows.map((row) => [
      whole(row.watched),
      whole(row.calls),
      megabytes(row.bytes),
      megabytes(row.bytesBesidesBlocksAndCommittees),
      `${hundredths(row.seconds)} s`,
      `${hundredths(row.cpuSeconds)} s`,
      `${whole(row.rssMb)} MiB`,
    ]),
  );
  console.log(`An epoch of ${chain}, ${whole(NETWORK)} validators:`);
  for (const line of lines) console.log(line);
  console.log('Targets with 1,000 watched: 2 MB besides blocks and committees, 300 MB of memory.');
  const { perValidatorYear, perYear } = growth;
  console.log(
    `Database: ${megabytes(perValidatorYear)} a validator and year, ${megabytes(perYear)} a year besides.`,
  );
}

function chainNamed(name: string): keyof typeof SLOTS_PER_EPOCH {
  if (name === 'mainnet' || name === 'gnosis') return name;
  throw new Error(`--network must be mainnet or gnosis, not "${name}"`);
}

function countOf(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text))
    throw new Error(`--watched must be a number of validators, not "${text}"`);
  return Number(text);
}

function hundredths(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}
