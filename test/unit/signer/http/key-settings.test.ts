import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePubkey } from '../../../../core/units.ts';
import { randaoReveal } from '../../../support/signer-bodies.ts';
import { call, failure } from '../../../support/signer-call.ts';
import { send, sign } from '../../../support/signer-client.ts';
import { PASSWORD, startSignerFixture, type SignerFixture } from '../../../support/signer-fixture.ts';
import { callKeymanager, newKeystore } from '../../../support/signer-keymanager.ts';

const ADDRESS = '0xAbCdEf0000000000000000000000000000000001';
const UNKNOWN = `0x${'a7'.repeat(48)}`;

interface Setting {
  readonly path: string;
  readonly member: string;
  readonly value: string;
  /** As it comes back. */
  readonly canonical: string;
  readonly wrong: readonly unknown[];
}

const SETTINGS: readonly Setting[] = [
  {
    path: 'feerecipient',
    member: 'ethaddress',
    value: ADDRESS,
    canonical: ADDRESS.toLowerCase(),
    wrong: [
      '',
      '0x',
      ADDRESS.slice(2),
      ADDRESS.slice(0, -1),
      `${ADDRESS}00`,
      7,
      null,
      `0x${'00'.repeat(20)}`,
    ],
  },
  {
    path: 'gas_limit',
    member: 'gas_limit',
    value: '18446744073709551615',
    canonical: '18446744073709551615',
    wrong: ['', '0', '01', '-1', '0x10', ' 1', '1.0', '18446744073709551616', 30_000_000, null],
  },
];

const pathOf = (pubkey: string, setting: string): string => `/eth/v1/validator/${pubkey}/${setting}`;
const settingsFile = (signer: SignerFixture): string =>
  join(signer.dataDir, 'key-settings', `${signer.pubkey}.json`);

describe.each(SETTINGS)('$path', ({ path, member, value, canonical, wrong }) => {
  it.each(wrong.map((one) => [JSON.stringify(one), one]))('%s is 400 and changes nothing', async (_, one) => {
    const signer = await startSignerFixture();
    const url = pathOf(signer.pubkey, path);
    await call(signer, 'POST', url, { [member]: value });
    const answer = await call(signer, 'POST', url, { [member]: one });
    expect(answer.status).toBe(400);
    expect(failure(answer).code).toMatch(/^(BAD_HEX|BAD_INTEGER|MALFORMED_REQUEST)$/);
    expect(JSON.parse((await call(signer, 'GET', url)).text)).toEqual({
      data: { pubkey: signer.pubkey, [member]: canonical },
    });
  });

  it.each(['', '{', '[]', '{}', 'null', `{"${member}":"1","${member}":"2"}`])(
    'the body %j is 400',
    async (body) => {
      const signer = await startSignerFixture();
      expect((await call(signer, 'POST', pathOf(signer.pubkey, path), body)).status).toBe(400);
      expect(existsSync(settingsFile(signer))).toBe(false);
    },
  );

  it('wants the token, a pubkey, and a key that is here', async () => {
    const signer = await startSignerFixture();
    for (const method of ['GET', 'POST', 'DELETE']) {
      const body = method === 'POST' ? { [member]: value } : undefined;
      const to = (pubkey: string, authorization?: string) =>
        call(signer, method, pathOf(pubkey, path), body, authorization);
      expect(failure(await to(signer.pubkey, 'Bearer 0'))).toEqual({ status: 401, code: 'UNAUTHORIZED' });
      expect(failure(await to('0x1234'))).toEqual({ status: 400, code: 'MALFORMED_IDENTIFIER' });
      expect(failure(await to(UNKNOWN))).toEqual({ status: 404, code: 'UNKNOWN_KEY' });
    }
    const anonymous = await send(signer.url, pathOf(signer.pubkey, path));
    expect(anonymous.status).toBe(401);
    expect(existsSync(settingsFile(signer))).toBe(false);
  });

  it('is set, read, replaced and deleted with the status codes of the specification', async () => {
    const signer = await startSignerFixture();
    const url = pathOf(signer.pubkey.toUpperCase().replace('0X', '0x'), path);
    expect(failure(await call(signer, 'GET', url))).toEqual({ status: 404, code: 'KEY_SETTING_NOT_SET' });
    const set = await call(signer, 'POST', url, { [member]: value });
    expect({ status: set.status, text: set.text }).toEqual({ status: 202, text: '' });
    const got = await call(signer, 'GET', url);
    expect(got.status).toBe(200);
    expect(JSON.parse(got.text)).toEqual({ data: { pubkey: signer.pubkey, [member]: canonical } });
    for (let twice = 0; twice < 2; twice += 1) {
      const deleted = await call(signer, 'DELETE', url);
      expect({ status: deleted.status, text: deleted.text }).toEqual({ status: 204, text: '' });
    }
    expect((await call(signer, 'GET', url)).status).toBe(404);
  });

  it('survives a restart, on its own', async () => {
    const first = await startSignerFixture();
    const { pubkey } = first;
    await call(first, 'POST', pathOf(pubkey, path), { [member]: value });
    await first.close();
    const second = await startSignerFixture({ dataDir: first.dataDir, keys: 0 });
    expect(JSON.parse((await call(second, 'GET', pathOf(pubkey, path))).text)).toEqual({
      data: { pubkey, [member]: canonical },
    });
    for (const other of SETTINGS.filter((setting) => setting.path !== path)) {
      expect((await call(second, 'GET', pathOf(pubkey, other.path))).status).toBe(404);
    }
  });

  it('takes no other method', async () => {
    const signer = await startSignerFixture();
    const answer = await call(signer, 'PUT', pathOf(signer.pubkey, path), { [member]: value });
    expect(answer.status).toBe(405);
    expect(answer.headers.allow?.split(', ').sort()).toEqual(['DELETE', 'GET', 'HEAD', 'POST']);
  });
});

describe('what a policy is told', () => {
  it('is what was set, at once', async () => {
    const signer = await startSignerFixture({ keys: 2 });
    const [one, two] = signer.pubkeys;
    await call(signer, 'POST', pathOf(one!, 'feerecipient'), { ethaddress: ADDRESS });
    await call(signer, 'POST', pathOf(one!, 'gas_limit'), { gas_limit: '36000000' });
    expect(signer.keySettings.of(one!)).toMatchObject({
      feeRecipient: ADDRESS.toLowerCase(),
      gasLimit: 36_000_000n,
    });
    expect(signer.keySettings.of(two!)).toMatchObject({ feeRecipient: null, gasLimit: null });
  });
});

describe('the settings of a key that is deleted', () => {
  it('go with it, and are not there when it comes back', async () => {
    const signer = await startSignerFixture({ keys: 0 });
    const { text, pubkey } = await newKeystore();
    const add = () => callKeymanager(signer, 'POST', { keystores: [text], passwords: [PASSWORD] });
    const file = join(signer.dataDir, 'key-settings', `${pubkey}.json`);
    await add();
    await call(signer, 'POST', pathOf(pubkey, 'gas_limit'), { gas_limit: '1' });
    expect(existsSync(file)).toBe(true);
    await callKeymanager(signer, 'DELETE', { pubkeys: [pubkey] });
    expect(existsSync(file)).toBe(false);
    expect((await call(signer, 'GET', pathOf(pubkey, 'gas_limit'))).status).toBe(404);
    // As a change that was under way during the deletion would leave it.
    await signer.keySettings.set(parsePubkey(pubkey, 'pubkey'), { gasLimit: 2n });
    await add();
    expect(failure(await call(signer, 'GET', pathOf(pubkey, 'gas_limit')))).toEqual({
      status: 404,
      code: 'KEY_SETTING_NOT_SET',
    });
    expect((await sign({ url: signer.url, pubkey }, randaoReveal(55n))).status).toBe(200);
  });

  it('that could not be removed make the deletion an error that can be repeated', async () => {
    const signer = await startSignerFixture();
    const folder = join(signer.dataDir, 'key-settings');
    await writeFile(folder, '');
    const answer = await callKeymanager(signer, 'DELETE', { pubkeys: [signer.pubkey] });
    expect(JSON.parse(answer.text)).toMatchObject({
      data: [{ status: 'error', message: expect.stringContaining('KEY_FILE_UNWRITABLE') as string }],
    });
    expect((await sign(signer, randaoReveal(55n))).status).toBe(404);
  });
});

describe('graffiti', () => {
  it.each(['GET', 'POST', 'DELETE'])('%s says that a signer cannot do it', async (method) => {
    const signer = await startSignerFixture();
    const body = method === 'POST' ? { graffiti: 'hello' } : undefined;
    const to = (pubkey: string, token?: string) =>
      call(signer, method, pathOf(pubkey, 'graffiti'), body, token);
    expect(failure(await to(signer.pubkey))).toEqual({ status: 501, code: 'GRAFFITI_NOT_SIGNED' });
    expect(failure(await to(UNKNOWN))).toEqual({ status: 404, code: 'UNKNOWN_KEY' });
    expect(failure(await to(signer.pubkey, 'Bearer 0'))).toEqual({ status: 401, code: 'UNAUTHORIZED' });
    expect(existsSync(settingsFile(signer))).toBe(false);
  });
});
