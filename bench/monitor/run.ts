import { formatTable } from '../../cli/format-table.ts';
import { databaseGrowth } from './database-growth.ts';
import { measure, type Measured } from './measure.ts';

/**
 * `npm run bench:monitor`: what the monitor asks for and takes in an epoch of a network of a million validators, and how
 * its database grows; `-- --json` prints a list with one object for each size of the watch list. `--network gnosis` has
 * the constants of that chain.
 */
const NETWORK = 1_000_000;
const WATCHED = [100, 1000, 10_000];
const WARM_UP = 3;
const EPOCHS = 5;
const SLOTS_PER_EPOCH = { mainnet: 32, gnosis: 16 };
const GROWTH = { validators: 100, epochs: 2304 };

const named = process.argv[process.argv.indexOf('--network') + 1] ?? '';
const chain = process.argv.includes('--network') ? chainNamed(named) : 'mainnet';

const progress = (text: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r${text.padEnd(60)}${text === '' ? '\r' : ''}`);
};

const rows: Measured[] = [];
for (const watched of WATCHED) {
  progress(`${watched} watched validators on ${chain}`);
  const slotsPerEpoch = SLOTS_PER_EPOCH[chain];
  rows.push(
    await measure({ chain, slotsPerEpoch, network: NETWORK, watched, warmUp: WARM_UP, epochs: EPOCHS }),
  );
}
progress('growth of the database');
const databaseBytesPerValidatorYear = Math.round(await databaseGrowth(chain, GROWTH));
progress('');

if (process.argv.includes('--json')) {
  console.log(
    JSON.stringify(
      rows.map((row) => ({
        ...row,
        seconds: hundredths(row.seconds),
        cpuSeconds: hundredths(row.cpuSeconds),
        rssMb: Math.round(row.rssMb),
        databaseBytesPerValidatorYear,
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
  console.log(`Database: ${whole(databaseBytesPerValidatorYear)} bytes a validator and year.`);
}

function chainNamed(name: string): keyof typeof SLOTS_PER_EPOCH {
  if (name === 'mainnet' || name === 'gnosis') return name;
  throw new Error(`--network must be mainnet or gnosis, not "${name}"`);
}

function hundredths(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}
