import { writeSync } from 'node:fs';
import { openStore } from '../../monitor/store/index.ts';
import { at, STORE_CHAIN, StoreWorld, watched } from './store-world.ts';

/**
 * Writes epoch after epoch until it is killed. Says `begin N` before each and `done N` after it; the pipe is written
 * synchronously, so that what was said was so.
 */
const [path = '', first = '0', count = '300'] = process.argv.slice(2);
const store = openStore({ path, chain: STORE_CHAIN });
const validators = Array.from({ length: Number(count) }, (_, index) => index);
store.watch(
  validators.map((v) => watched(v)),
  at(0),
);
const world = new StoreWorld(1);
for (let epoch = Number(first); ; epoch += 1) {
  const record = world.record(epoch, validators);
  writeSync(1, `begin ${epoch}\n`);
  store.writeEpoch(record);
  writeSync(1, `done ${epoch}\n`);
}
