import { describe, expect, it } from 'vitest';
import { attestation } from '../../../support/signer-bodies.ts';
import { sign } from '../../../support/signer-client.ts';
import { diskOf } from '../../../support/signer-disk.ts';
import { PASSWORD, startSignerFixture } from '../../../support/signer-fixture.ts';
import {
  callKeymanager,
  interchange,
  itemsOf,
  newKeystore,
  statusesOf,
} from '../../../support/signer-keymanager.ts';

describe('slashing protection sent along with keystores', () => {
  it('is not merged when no keystore opens', async () => {
    const signer = await startSignerFixture();
    const [wrong, named] = await Promise.all([newKeystore(), newKeystore()]);
    const misnamed = JSON.stringify({ ...named.keystore, pubkey: signer.pubkey.slice(2) });
    const before = await diskOf(signer);
    const items = await itemsOf(
      callKeymanager(signer, 'POST', {
        keystores: ['{}', wrong.text, misnamed],
        passwords: [PASSWORD, 'wrong', PASSWORD],
        slashing_protection: interchange([
          { pubkey: signer.pubkey, slot: '440', vote: ['53', '54'] },
          { pubkey: wrong.pubkey, slot: '440', vote: ['53', '54'] },
        ]),
      }),
    );

    expect(items.map(({ message }) => message.split(':')[0])).toEqual([
      ...['KEYSTORE_INVALID', 'KEYSTORE_WRONG_PASSWORD', 'KEYSTORE_PUBKEY_MISMATCH'],
    ]);
    expect(await diskOf(signer)).toEqual(before);
    expect((await sign(signer, attestation(53n, 54n))).status).toBe(200);
  });

  it('is merged for the good keystore beside a bad one', async () => {
    const signer = await startSignerFixture({ keys: 0 });
    const [good, wrong] = await Promise.all([newKeystore(), newKeystore()]);
    const statuses = await statusesOf(
      callKeymanager(signer, 'POST', {
        keystores: [wrong.text, good.text],
        passwords: ['wrong', PASSWORD],
        slashing_protection: interchange([{ pubkey: good.pubkey, vote: ['52', '54'] }]),
      }),
    );
    expect(statuses).toEqual(['error', 'imported']);
    expect((await sign(signer, attestation(52n, 54n), { identifier: good.pubkey })).status).toBe(412);
    expect((await sign(signer, attestation(52n, 55n), { identifier: good.pubkey })).status).toBe(200);
  });

  it('that cannot be used leaves every key out, each with the reason that is its own', async () => {
    const signer = await startSignerFixture({ keys: 0 });
    const [good, wrong] = await Promise.all([newKeystore(), newKeystore()]);
    const before = await diskOf(signer);
    const items = await itemsOf(
      callKeymanager(signer, 'POST', {
        keystores: [good.text, wrong.text],
        passwords: [PASSWORD, 'wrong'],
        slashing_protection: interchange([{ pubkey: good.pubkey, slot: '01' }]),
      }),
    );
    expect(items.map(({ status }) => status)).toEqual(['error', 'error']);
    expect(items[0]!.message).toMatch(/slashing protection was not imported.*INTERCHANGE_/);
    expect(items[1]!.message).toMatch(/^KEYSTORE_WRONG_PASSWORD: /);
    expect(await diskOf(signer)).toEqual(before);
  });

  it('stays in force when the key is deleted while it comes in, whichever ends last', async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      const signer = await startSignerFixture({ keys: 0 });
      const { text, pubkey } = await newKeystore();
      await callKeymanager(signer, 'POST', { keystores: [text], passwords: [PASSWORD] });
      const slashing_protection = interchange([{ pubkey, vote: ['52', '54'] }]);
      await Promise.all([
        callKeymanager(signer, 'POST', { keystores: [text], passwords: [PASSWORD], slashing_protection }),
        callKeymanager(signer, 'DELETE', { pubkeys: [pubkey] }),
      ]);
      const active = signer.keyring.has(pubkey);
      expect(signer.guard.statusOf(pubkey)).toMatchObject({
        state: active ? 'active' : 'deleted',
        attestation: { source: 52n, target: 54n },
      });
      const files = Object.keys((await diskOf(signer)).files);
      expect(files).toHaveLength(active ? 2 : 0);
      const asked = await sign(signer, attestation(52n, 54n), { identifier: pubkey });
      expect(asked.status).toBe(active ? 412 : 404);
      await signer.close();
    }
  });
});
