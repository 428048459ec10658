import { describe, expect, it } from 'vitest';
import { attestation, block, bytes } from '../../../support/signer-bodies.ts';
import { json, sign } from '../../../support/signer-client.ts';
import { diskOf } from '../../../support/signer-disk.ts';
import { PASSWORD, startSignerFixture } from '../../../support/signer-fixture.ts';
import {
  callKeymanager,
  interchange,
  itemsOf,
  newKeystore,
  statusesOf,
} from '../../../support/signer-keymanager.ts';

describe('an import that brings nothing in', () => {
  it('answers item by item, in order, and takes the good ones', async () => {
    const signer = await startSignerFixture({ keys: 0 });
    const [good, other, twin] = await Promise.all([newKeystore(), newKeystore(), newKeystore()]);
    const misnamed = JSON.stringify({ ...other.keystore, pubkey: twin.pubkey.slice(2) });
    const before = await diskOf(signer);
    const items = await itemsOf(
      callKeymanager(signer, 'POST', {
        keystores: ['{}', good.text, misnamed, other.text, 'no JSON'],
        passwords: [PASSWORD, PASSWORD, PASSWORD, 'wrong', PASSWORD],
      }),
    );

    expect(items.map(({ status }) => status)).toEqual(['error', 'imported', 'error', 'error', 'error']);
    expect(items.map(({ message }) => message.split(':')[0])).toEqual([
      ...['KEYSTORE_INVALID', '', 'KEYSTORE_PUBKEY_MISMATCH', 'KEYSTORE_WRONG_PASSWORD', 'KEYSTORE_INVALID'],
    ]);
    expect(signer.keyring.pubkeys()).toEqual([good.pubkey]);
    const { tables, files } = await diskOf(signer);
    expect(tables['keys']).toHaveLength(1);
    expect(Object.keys(files)).toEqual([`keys/${good.pubkey}.json`, `secrets/${good.pubkey}`]);
    expect(before.files).toEqual({});
  });

  it('leaves the slashing database alone when a keystore names the key of another', async () => {
    const signer = await startSignerFixture();
    const other = await newKeystore();
    const before = await diskOf(signer);
    const misnamed = JSON.stringify({ ...other.keystore, pubkey: signer.pubkey.slice(2) });
    const body = { keystores: [misnamed], passwords: [PASSWORD] };
    expect(await statusesOf(callKeymanager(signer, 'POST', body))).toEqual(['error']);
    expect(await diskOf(signer)).toEqual(before);
  });

  it('never tells a password or a keystore back', async () => {
    const signer = await startSignerFixture({ keys: 0 });
    const { text } = await newKeystore();
    const body = { keystores: [text, '{"note":"canary-1"}'], passwords: ['canary-2', 'canary-3'] };
    const answer = await callKeymanager(signer, 'POST', body);
    expect(answer.status).toBe(200);
    expect(answer.text).not.toMatch(/canary|checksum/);
  });

  const malformed: Record<string, unknown> = {
    'no JSON': '{',
    'no passwords': { keystores: [] },
    'more keystores than passwords': { keystores: ['{}', '{}'], passwords: ['x'] },
    'fewer keystores than passwords': { keystores: [], passwords: ['x'] },
    'a keystore as object': { keystores: [{}], passwords: ['x'] },
    'a protection as object': { keystores: ['{}'], passwords: ['x'], slashing_protection: {} },
    'a duplicate key': '{"keystores":[],"keystores":[],"passwords":[]}',
    'an array': [],
  };
  it.each(Object.entries(malformed))('is 400 with %s', async (_name, body) => {
    const signer = await startSignerFixture();
    const before = await diskOf(signer);
    expect((await callKeymanager(signer, 'POST', body)).status).toBe(400);
    expect(await diskOf(signer)).toEqual(before);
  });
});

const { pubkey } = await newKeystore();

describe('an import with slashing protection that cannot be used', () => {
  const wrongs: Record<string, string> = {
    'no JSON': 'no JSON',
    'a truncated document': interchange([{ pubkey, slot: '5' }]).slice(0, -1),
    'an empty object': '{}',
    'another version': interchange([], { interchange_format_version: '4' }),
    'a version as number': interchange([], { interchange_format_version: 5 }),
    'another network': interchange([{ pubkey, slot: '5' }], { genesis_validators_root: bytes(32) }),
    'a good key before a bad one': interchange([
      { pubkey, slot: '5' },
      { pubkey, slot: '01' },
    ]),
    'a message from the future': interchange([{ pubkey, vote: ['54', '9999'] }]),
    'a key that is on no curve': interchange([{ pubkey: bytes(48, 'ff'), slot: '5' }]),
  };
  it.each(Object.entries(wrongs))('is an error for every key: %s', async (_name, slashing_protection) => {
    const signer = await startSignerFixture();
    const [one, two] = await Promise.all([newKeystore(), newKeystore()]);
    const before = await diskOf(signer);
    const items = await itemsOf(
      callKeymanager(signer, 'POST', {
        keystores: [one.text, two.text],
        passwords: [PASSWORD, PASSWORD],
        slashing_protection,
      }),
    );

    expect(items.map(({ status }) => status)).toEqual(['error', 'error']);
    expect(items[0]!.message).toMatch(/INTERCHANGE_[A-Z_]+: /);
    expect(signer.keyring.pubkeys()).toEqual([signer.pubkey]);
    expect(await diskOf(signer)).toEqual(before);

    const alone = await callKeymanager(signer, 'POST', { keystores: [], passwords: [], slashing_protection });
    expect(alone.status).toBe(400);
    expect(json(alone)).toMatchObject({
      code: 'MALFORMED_REQUEST',
      message: expect.stringContaining('slashing_protection was not imported: ') as string,
    });
    expect(await diskOf(signer)).toEqual(before);
  });
});

describe('an import', () => {
  it('brings a key in that signs at once and after a restart', async () => {
    const signer = await startSignerFixture({ keys: 0 });
    const { text, pubkey } = await newKeystore();
    const body = { keystores: [text], passwords: [PASSWORD] };
    expect(await itemsOf(callKeymanager(signer, 'POST', body))).toEqual([
      { status: 'imported', message: '' },
    ]);
    expect((await sign(signer, attestation(53n, 54n), { identifier: pubkey })).status).toBe(200);

    await signer.close();
    const again = await startSignerFixture({ dataDir: signer.dataDir, keys: 0 });
    expect(again.loaded).toEqual({ loaded: 1, failed: 0, deleted: 0 });
    expect((await sign(again, attestation(53n, 54n), { identifier: pubkey })).status).toBe(200);
    expect((await sign(again, attestation(52n, 54n), { identifier: pubkey })).status).toBe(412);
  });

  it('calls a key that is here already a duplicate and changes nothing about it', async () => {
    const signer = await startSignerFixture({ keys: 0 });
    const { text, pubkey } = await newKeystore();
    const body = { keystores: [text], passwords: [PASSWORD] };
    await callKeymanager(signer, 'POST', body);
    await sign(signer, attestation(53n, 54n), { identifier: pubkey });
    const before = await diskOf(signer);
    expect(await statusesOf(callKeymanager(signer, 'POST', body))).toEqual(['duplicate']);
    expect(await diskOf(signer)).toEqual(before);
  });

  it('takes a key once that comes twice', async () => {
    const signer = await startSignerFixture({ keys: 0 });
    const { text, pubkey } = await newKeystore();
    const body = { keystores: [text, text], passwords: [PASSWORD, PASSWORD] };
    const statuses = await statusesOf(callKeymanager(signer, 'POST', body));
    expect(statuses.sort()).toEqual(['duplicate', 'imported']);
    expect(signer.keyring.pubkeys()).toEqual([pubkey]);
  });

  it.each([[[]], [[null]], [['']]])(
    'takes empty lists, and a protection of %j for none',
    async ([protection]) => {
      const signer = await startSignerFixture({ keys: 0 });
      const body = { keystores: [], passwords: [], slashing_protection: protection };
      expect(await itemsOf(callKeymanager(signer, 'POST', body))).toEqual([]);
    },
  );

  it('has the history of a key in force before the key can sign', async () => {
    const signer = await startSignerFixture({ keys: 0 });
    const { text, pubkey } = await newKeystore();
    // Other tools write the hex of a pubkey in upper case; it is the same key.
    const upper = `0x${pubkey.slice(2).toUpperCase()}`;
    const slashing_protection = interchange([{ pubkey: upper, slot: '440', vote: ['52', '54'] }]);
    const imported = callKeymanager(signer, 'POST', {
      keystores: [text],
      passwords: [PASSWORD],
      slashing_protection,
    });
    // Asked for all the while: whatever the moment, the old vote never gets a signature.
    const codes = new Set<string>();
    const progress = { done: false };
    void imported.then(() => (progress.done = true));
    while (!progress.done) {
      const answer = await sign(signer, attestation(52n, 54n), { identifier: pubkey });
      codes.add(json(answer)['code'] ?? 'signed');
    }
    expect(await statusesOf(imported)).toEqual(['imported']);
    expect(
      [...codes].filter((code) => !['UNKNOWN_KEY', 'TARGET_NOT_ABOVE_WATERMARK'].includes(code)),
    ).toEqual([]);

    const refused = [attestation(52n, 54n), attestation(51n, 55n), block(440n)];
    for (const body of refused) expect((await sign(signer, body, { identifier: pubkey })).status).toBe(412);
    const allowed = [attestation(52n, 55n), block(441n)];
    for (const body of allowed) expect((await sign(signer, body, { identifier: pubkey })).status).toBe(200);
  });

  it('raises the watermarks of a key that is already signing', async () => {
    const signer = await startSignerFixture();
    const slashing_protection = interchange([{ pubkey: signer.pubkey, vote: ['53', '54'] }]);
    const body = { keystores: [], passwords: [], slashing_protection };
    expect((await callKeymanager(signer, 'POST', body)).status).toBe(200);
    expect((await sign(signer, attestation(53n, 54n))).status).toBe(412);
  });

  it('starts a key without history at the floor where that is wanted', async () => {
    const signer = await startSignerFixture({ keys: 0, onMissingHistory: 'floor' });
    const [bare, known] = await Promise.all([newKeystore(), newKeystore()]);
    await callKeymanager(signer, 'POST', {
      keystores: [bare.text, known.text],
      passwords: [PASSWORD, PASSWORD],
      slashing_protection: interchange([{ pubkey: known.pubkey, slot: '1', vote: ['1', '2'] }]),
    });
    expect((await sign(signer, attestation(53n, 54n), { identifier: bare.pubkey })).status).toBe(412);
    expect((await sign(signer, attestation(53n, 54n), { identifier: known.pubkey })).status).toBe(200);
  });
});
