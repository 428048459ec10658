import { expect, it, onTestFinished } from 'vitest';
import { SlashingGuard } from '../../../../slashing-db/slashing-guard.ts';
import { ObservedStorage } from '../../../support/observed-storage.ts';
import { att, KEY_A } from '../../../support/slashing-fixtures.ts';
import { tempDatabase, TRUSTING, verdict } from '../../../support/temp-guard.ts';
import { openTestStorage } from '../../../support/test-storage.ts';

it('a repeat writes nothing but history to the file', async () => {
  const storage = new ObservedStorage(openTestStorage(tempDatabase()));
  const guard = new SlashingGuard(storage, TRUSTING);
  onTestFinished(() => guard.close());
  await guard.admitKey(KEY_A, false);
  await verdict(guard, KEY_A, att(2, 3));
  const before = storage.commits.length;
  expect(await verdict(guard, KEY_A, att(2, 3))).toBe('released');
  await guard.deleteKeys([]);
  expect(storage.commits.slice(before).flat()).toMatchObject([{ kind: 'decision' }]);
});
