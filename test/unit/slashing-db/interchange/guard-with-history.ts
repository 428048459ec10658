import { att, block, clockAt, KEY_A } from '../../../support/slashing-fixtures.ts';
import { openAnyTestGuard } from '../../../support/any-storage.ts';
import { tempDatabase, verdict } from '../../../support/temp-guard.ts';

/** In epoch 100, with one key that signed long ago. */
export async function guardWithHistory() {
  const path = tempDatabase();
  // Slot 800 of 8 an epoch: epoch 100.
  const { clock } = clockAt(800);
  const guard = await openAnyTestGuard(path, { clock });
  await guard.admitKey(KEY_A, false);
  await verdict(guard, KEY_A, block(3));
  await verdict(guard, KEY_A, att(1, 2));
  return { guard, path, clock };
}
