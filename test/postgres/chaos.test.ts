import { expect, it } from 'vitest';
import { ACT_KINDS } from './chaos/acts.ts';
import { runChaos } from './chaos/run-chaos.ts';

/** `npm run test:postgres-chaos` runs it for minutes. */
const SECONDS = 15;

it('four signers on one database let out nothing slashable and lose no record, whatever breaks', async () => {
  const options = { seconds: SECONDS, seed: 1, keys: 100, doomedKeys: 10, longestPauseSeconds: 2 };
  const report = await runChaos(options);
  expect(report).toMatchObject({ slashable: [], unrecorded: [], broken: [], ownEnds: [] });
  expect(report).toMatchObject({ afterActs: [], uncovered: [] });
  // Each kind of blow fell, on signers that were at work: signing, and refusing what conflicts.
  expect(Object.values(report.events).every((count) => count > 0)).toBe(true);
  expect(report.messages).toBeGreaterThan(200);
  expect(report.released).toBeGreaterThan(report.messages);
  expect(report.statuses['412 DOUBLE_VOTE']).toBeGreaterThan(0);
  expect(report.recoveredMs).toHaveLength(4);
  // Acts of each kind were answered, and signers asked for what they forbid.
  expect(Object.keys(report.acts).sort()).toEqual(ACT_KINDS);
  expect(report.statuses['412 ALL_FROZEN']).toBeGreaterThan(0);
  expect(report.statuses['412 KEY_FROZEN']).toBeGreaterThan(0);
  expect(report.statuses['404 KEY_DELETED']).toBeGreaterThan(0);
}, 180_000);
