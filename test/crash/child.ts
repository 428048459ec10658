import { createHook } from 'node:async_hooks';
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { openAnyGuard } from '../../slashing-db/index.ts';
import { clockAt, SPEC } from '../support/slashing-fixtures.ts';
import { encode, liveThrough } from './scenario.ts';

/**
 * Child process: lives through the scenario in the folder `argv[2]` and kills itself before its `argv[3]`-th
 * asynchronous step (0: never; it then tells how many there were), over a file in it or the database `argv[4]`. What is released is told on stdout, at once.
 */
const [folder = '', killAt = '0', url] = process.argv.slice(2);
const last = Number(killAt);
let steps = 0;
createHook({
  before() {
    steps += 1;
    if (steps === last) process.kill(process.pid, 'SIGKILL');
  },
}).enable();

const guard = await openAnyGuard({
  path: join(folder, 'slashing.sqlite'),
  shared: url === undefined ? null : { url, passwordFile: null, instance: 'crash' },
  anchors: [join(folder, 'anchor')],
  spec: SPEC,
  clock: clockAt(1000).clock,
  onMissingHistory: 'trust',
});
await liveThrough(guard, (statement) => writeSync(1, encode(statement)));
writeSync(1, `${steps} steps\n`);
