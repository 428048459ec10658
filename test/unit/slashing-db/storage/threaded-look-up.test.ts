import { expect, it, onTestFinished } from 'vitest';
import { openThreadedGuard, type Guard } from '../../../../slashing-db/index.ts';
import type { AttestationMessage, BlockMessage } from '../../../../slashing-db/message.ts';
import { DisasterWorld } from '../../../support/disaster-world.ts';
import { att, block, KEY_A } from '../../../support/slashing-fixtures.ts';
import { verdict } from '../../../support/temp-guard.ts';

async function threaded() {
  const world = new DisasterWorld();
  world.time.moveTo(40);
  const guard = await openThreadedGuard(world.options());
  onTestFinished(() => guard.close());
  await guard.admitKey(KEY_A, false);
  world.time.moveTo(8000);
  return guard;
}

async function word(guard: Guard, message: AttestationMessage | BlockMessage) {
  const { messages } = await guard.lookUp([{ ...message, pubkey: KEY_A }]);
  return messages[0]!.verdict;
}

it('a search looks through thousands of records while votes go on, each answer to who asked', async () => {
  const guard = await threaded();
  const votes = Array.from({ length: 900 }, (_, n) => att(n + 5, n + 6, n));
  for (let at = 0; at < votes.length; at += 300) {
    await Promise.all(votes.slice(at, at + 300).map((vote) => verdict(guard, KEY_A, vote)));
    await Promise.all(
      Array.from({ length: 600 }, (_, n) => verdict(guard, KEY_A, block(1000 + at * 2 + n, n))),
    );
  }
  const [old, recent, stranger, next] = await Promise.all([
    word(guard, votes[1]!),
    word(guard, votes[899]!),
    word(guard, att(6, 7, 5000)),
    verdict(guard, KEY_A, att(950, 951)),
  ]);
  expect({ old, recent, stranger, next }).toEqual({
    old: 'signed',
    recent: 'signed',
    stranger: 'not_signed',
    next: 'released',
  });
});

it('a search fails when the database has gone, and does not leave anybody waiting', async () => {
  const guard = await threaded();
  await guard.close();
  await expect(guard.lookUp([{ ...block(82), pubkey: KEY_A }])).rejects.toMatchObject({
    code: 'DB_COMMIT_FAILED',
  });
});
