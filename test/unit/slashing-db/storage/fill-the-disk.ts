import { isVigilError } from '../../../../core/errors.ts';
import { openGuard } from '../../../../slashing-db/index.ts';
import { att, clockAt, KEY_A, SPEC } from '../../../support/slashing-fixtures.ts';

/** Child process: signs on the database `argv[2]` until it is refused, and tells what happened. */
const guard = openGuard({
  path: process.argv[2] ?? '',
  spec: SPEC,
  clock: clockAt(1_000_000).clock,
  onMissingHistory: 'trust',
  host: { machineId: 'this machine', bootId: 'this boot' },
});
let released = 0;
const refused: string[] = [];
for (let target = 10; refused.length < 3 && target < 50_000; target += 1) {
  const outcome = await guard.release(KEY_A, att(target - 1, target), () => Promise.resolve(1));
  if (outcome.kind === 'released') released += 1;
  else refused.push(outcome.reason);
}
const error = await guard.poisoned;
process.stdout.write(
  JSON.stringify({ released, refused, poisoned: isVigilError(error) ? error.code : String(error) }),
);
