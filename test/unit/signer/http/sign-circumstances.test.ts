import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { databasePath } from '../../../../signer/data-directory.ts';
import { attestation, block, randaoReveal } from '../../../support/signer-bodies.ts';
import { json, send, sign } from '../../../support/signer-client.ts';
import { diskOf, meddle } from '../../../support/signer-disk.ts';
import { startSignerFixture, type SignerFixture } from '../../../support/signer-fixture.ts';

const vote = attestation(53n, 54n);

async function expectRefusal(
  signer: SignerFixture,
  body: object,
  status: number,
  code: string,
): Promise<void> {
  const answer = await sign(signer, body);
  expect({ status: answer.status, code: json(answer)['code'] }).toEqual({ status, code });
}

const healthOf = async ({ url }: SignerFixture) => {
  const { status, text } = await send(url, '/healthcheck');
  return { status, text };
};

describe('45: a key that is gone', () => {
  it('signs nothing any more, slashable or not', async () => {
    const signer = await startSignerFixture({ keys: 2 });
    await sign(signer, vote);
    await signer.keyManager.deleteKey(signer.pubkey);
    const before = await diskOf(signer);
    for (const body of [vote, attestation(54n, 55n), block(440n), randaoReveal(55n)]) {
      await expectRefusal(signer, body, 404, 'UNKNOWN_KEY');
    }
    expect(await diskOf(signer)).toEqual(before);
    expect((await sign(signer, vote, { identifier: signer.pubkeys[1]! })).status).toBe(200);
  });

  it('is refused by the guard too, should the keyring still have it', async () => {
    const signer = await startSignerFixture();
    await signer.guard.deleteKeys([signer.pubkey]);
    const before = await diskOf(signer);
    await expectRefusal(signer, vote, 404, 'KEY_DELETED');
    await expectRefusal(signer, randaoReveal(55n), 404, 'KEY_DELETED');
    expect(await diskOf(signer)).toEqual(before);
  });

  it('without history signs nothing slashable where that is forbidden', async () => {
    const signer = await startSignerFixture({ onMissingHistory: 'refuse' });
    const before = await diskOf(signer);
    await expectRefusal(signer, vote, 412, 'MISSING_HISTORY');
    await expectRefusal(signer, block(440n), 412, 'MISSING_HISTORY');
    expect(await diskOf(signer)).toEqual(before);
    expect((await sign(signer, randaoReveal(55n))).status).toBe(200);
  });

  it('without history starts above now where a floor is wanted', async () => {
    const signer = await startSignerFixture({ onMissingHistory: 'floor' });
    await expectRefusal(signer, attestation(54n, 55n), 412, 'TARGET_NOT_ABOVE_WATERMARK');
    await expectRefusal(signer, block(443n), 412, 'BLOCK_NOT_ABOVE_WATERMARK');
    expect((await sign(signer, block(444n))).status).toBe(200);
  });
});

describe('46: a database that cannot record', () => {
  it('silences the signer for good once another process took it over', async () => {
    const signer = await startSignerFixture();
    await sign(signer, vote);
    meddle(signer, 'UPDATE fence SET generation = generation + 1');
    const before = await diskOf(signer);

    await expectRefusal(signer, attestation(54n, 55n), 503, 'GUARD_UNAVAILABLE');
    // Not even what needs no record: the other process may have deleted the key.
    for (const body of [vote, block(440n), randaoReveal(55n)]) {
      await expectRefusal(signer, body, 503, 'GUARD_UNAVAILABLE');
    }
    expect(await diskOf(signer)).toEqual(before);
    expect(await signer.guard.poisoned).toMatchObject({ code: 'DB_FENCED' });

    const { status, text } = await healthOf(signer);
    expect(status).toBe(503);
    expect(JSON.parse(text)).toMatchObject({ status: 'DOWN', outcome: 'DOWN' });
    expect(JSON.parse(text)).toHaveProperty('checks', [
      expect.objectContaining({ id: 'keys-check', status: 'UP' }),
      { id: 'slashing-protection-db-health-check', status: 'DOWN' },
      { id: 'clock-check', status: 'UP' },
      { id: 'signing-threads-check', status: 'UP' },
    ]);
  });

  it('answers everyone who waits for the failed commit alike', async () => {
    const signer = await startSignerFixture({ keys: 8 });
    meddle(signer, 'UPDATE fence SET generation = generation + 1');
    const before = await diskOf(signer);
    const answers = await Promise.all(signer.pubkeys.map((identifier) => sign(signer, vote, { identifier })));
    expect(answers.map((answer) => json(answer)['code'])).toEqual(Array(8).fill('GUARD_UNAVAILABLE'));
    expect(answers.map(({ headers }) => headers['retry-after'])).toEqual(Array(8).fill('1'));
    expect(await diskOf(signer)).toEqual(before);
  });

  it('refuses when its file stays locked', async () => {
    const signer = await startSignerFixture();
    const other = new Database(databasePath(signer.dataDir));
    other.exec('BEGIN IMMEDIATE');
    await expectRefusal(signer, vote, 503, 'GUARD_UNAVAILABLE');
    other.close();
    // The commit may have got through or not; only a new start can tell.
    await expectRefusal(signer, vote, 503, 'GUARD_UNAVAILABLE');
    expect((await diskOf(signer)).tables['attestation_watermarks']).toEqual([]);
  });

  it('signs again after a restart over a mended database', async () => {
    const first = await startSignerFixture();
    meddle(first, 'UPDATE fence SET generation = generation + 1');
    await expectRefusal(first, vote, 503, 'GUARD_UNAVAILABLE');
    await first.close();
    const second = await startSignerFixture({ dataDir: first.dataDir, keys: 0 });
    expect((await sign(second, vote, { identifier: first.pubkey })).status).toBe(200);
  });
});

describe('48: a clock that disagrees with the beacon node', () => {
  it('silences what can be slashed, and only that, for as long as the doubt lasts', async () => {
    let doubt: string | null = 'our clock is at slot 443, theirs at 9';
    const signer = await startSignerFixture({ clockDoubt: () => doubt });
    const before = await diskOf(signer);
    await expectRefusal(signer, vote, 503, 'CLOCK_UNTRUSTED');
    await expectRefusal(signer, block(440n), 503, 'CLOCK_UNTRUSTED');
    expect((await sign(signer, randaoReveal(55n))).status).toBe(200);
    expect(await diskOf(signer)).toEqual(before);
    expect((await healthOf(signer)).status).toBe(503);

    doubt = null;
    expect((await sign(signer, vote)).status).toBe(200);
    expect((await healthOf(signer)).status).toBe(200);
  });
});
