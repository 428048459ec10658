import { expect, it } from 'vitest';
import { freshDatabase, openSigner } from '../support/postgres-guards.ts';
import { att, clockAt, KEY_A, KEY_B, SPEC } from '../support/slashing-fixtures.ts';
import { verdict } from '../support/temp-guard.ts';

const atSlot = (slot: number): bigint => (SPEC.genesisTimeSeconds + BigInt(slot * 6)) * 1000n;

it('a signer whose old records were removed is not accused because another one has kept its own', async () => {
  const url = await freshDatabase();
  const { clock, moveTo } = clockAt(8);
  const keeps = await openSigner(url, { instance: 'keeps', clock });
  await keeps.admitKey(KEY_B, false);
  moveTo(200);
  const prunes = await openSigner(url, { instance: 'prunes', clock, historyMaxRecords: 10n });
  await prunes.admitKey(KEY_A, false);
  moveTo(242);
  expect(await verdict(prunes, KEY_A, att(29, 30))).toBe('released');
  moveTo(402);
  expect(await verdict(prunes, KEY_A, att(49, 50))).toBe('released');
  const report = () =>
    keeps.lookUp([att(29, 30), att(49, 50), att(48, 49)].map((one) => ({ ...one, pubkey: KEY_A })));
  const words = async () => (await report()).messages.map(({ verdict: word }) => word);
  expect(await report()).toMatchObject({ pruned: false, sinceMs: atSlot(8) });
  expect(await words()).toEqual(['signed', 'signed', 'not_signed']);

  moveTo(440);
  // More than it lets pile up before it begins to remove any.
  const asked = { client: 'a test', type: 'ATTESTATION' };
  for (let n = 0; n < 700; n += 1) prunes.recordRefusal(KEY_A, att(40, 41), asked, 'SOME_REASON');
  await prunes.probe();
  await expect.poll(report, { timeout: 10_000 }).toMatchObject({ pruned: true, sinceMs: atSlot(440) });
  // The last one is its watermark still.
  expect(await words()).toEqual(['unknown', 'signed', 'unknown']);
  moveTo(500);
  const later = { ...att(59, 60), pubkey: KEY_A };
  expect((await keeps.lookUp([later])).messages[0]?.verdict).toBe('not_signed');
});
