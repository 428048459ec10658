import Database from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { openThreadedGuard, type Guard, type OpenGuardOptions } from '../../../../slashing-db/index.ts';
import { att, clockAt, KEY_A, KEY_B, root, SPEC } from '../../../support/slashing-fixtures.ts';
import { tempDatabase, verdict } from '../../../support/temp-guard.ts';

async function open(path: string, options: Partial<OpenGuardOptions> = {}): Promise<Guard> {
  const { clock } = clockAt(1000);
  const guard = await openThreadedGuard({ path, spec: SPEC, clock, onMissingHistory: 'trust', ...options });
  onTestFinished(() => guard.close());
  return guard;
}

it('keeps its word like one in the same thread: what was released is refused after a restart too', async () => {
  const path = tempDatabase();
  const guard = await open(path);
  await guard.admitKey(KEY_A, false);
  expect(await verdict(guard, KEY_A, att(1, 2))).toBe('released');
  expect(await verdict(guard, KEY_A, att(1, 2, 2))).toBe('DOUBLE_VOTE');
  await guard.close();
  expect(await verdict(await open(path), KEY_A, att(1, 2, 2))).toBe('DOUBLE_VOTE');
});

it('one commit serves all who ask while another runs', async () => {
  const path = tempDatabase();
  const commits: number[] = [];
  const guard = await open(path, { onCommit: (waited, took) => commits.push((waited ?? 0) + took) });
  await Promise.all([KEY_A, KEY_B].map((key) => guard.admitKey(key, false)));
  const votes = Array.from({ length: 50 }, (_, n) => att(n, n + 1));
  await Promise.all(votes.map((vote) => verdict(guard, KEY_A, vote)));
  expect(commits.length).toBeLessThan(6);
});

it.each([
  ['another network', { spec: { ...SPEC, genesisValidatorsRoot: root(0xbad) } }, 'DB_WRONG_NETWORK', 3],
  ['a folder that is not there', { path: '/nowhere/at/all.sqlite' }, 'DB_CANNOT_OPEN', 3],
])('says why it cannot be opened, across the threads: %s', async (_what, options, code, exitCode) => {
  const path = tempDatabase();
  await (await open(path)).close();
  await expect(open(path, options)).rejects.toMatchObject({
    code,
    exitCode,
    hint: expect.stringMatching(/.{20}/) as string,
  });
  // And lets go of what it had taken.
  await (await open(path)).close();
});

it('is in sole possession: a second one is told whose it is', async () => {
  const path = tempDatabase();
  await open(path);
  await expect(open(path)).rejects.toMatchObject({ code: 'DB_IN_USE' });
  await expect(open(path)).rejects.toThrow(String(process.pid));
});

it('a commit that fails in its thread lets nothing out and ends it', async () => {
  const path = tempDatabase();
  const guard = await open(path);
  await guard.admitKey(KEY_A, false);
  const thief = new Database(path);
  thief.exec('UPDATE fence SET generation = generation + 1');
  thief.close();
  expect(await verdict(guard, KEY_A, att(1, 2))).toBe('GUARD_UNAVAILABLE');
  expect(await guard.poisoned).toMatchObject({ code: 'DB_FENCED' });
  expect(await verdict(guard, KEY_A, att(2, 3))).toBe('GUARD_UNAVAILABLE');
});

it('a thread that dies poisons the guard', async () => {
  const guard = await open(tempDatabase(), {}).then(async () => {
    const path = tempDatabase();
    return openThreadedGuard(
      { path, spec: SPEC, clock: clockAt(1000).clock, onMissingHistory: 'trust' },
      new URL('./dying-storage-thread.ts', import.meta.url),
    );
  });
  await expect(guard.admitKey(KEY_A, false)).rejects.toMatchObject({ code: 'DB_COMMIT_FAILED' });
  expect(await guard.poisoned).toMatchObject({ code: 'DB_COMMIT_FAILED' });
  await guard.close();
});
