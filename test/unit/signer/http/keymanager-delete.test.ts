import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { attestation, block, bytes, randaoReveal } from '../../../support/signer-bodies.ts';
import { json, send, sign, type Answer } from '../../../support/signer-client.ts';
import { diskOf, meddle } from '../../../support/signer-disk.ts';
import { PASSWORD, startSignerFixture, type SignerFixture } from '../../../support/signer-fixture.ts';
import {
  callKeymanager,
  interchange,
  itemsOf,
  newKeystore,
  statusesOf,
} from '../../../support/signer-keymanager.ts';
import { NETWORK } from '../../../support/signer-network.ts';

interface Exported {
  readonly metadata: object;
  readonly data: {
    readonly pubkey: string;
    readonly signed_blocks: object[];
    readonly signed_attestations: object[];
  }[];
}

const remove = (signer: SignerFixture, ...pubkeys: string[]) => callKeymanager(signer, 'DELETE', { pubkeys });
const exportIn = (answer: Answer): Exported => JSON.parse(json(answer)['slashing_protection']!) as Exported;

describe('a deletion', () => {
  it('ends the key and hands its history over', async () => {
    const signer = await startSignerFixture({ keys: 2 });
    await sign(signer, attestation(53n, 54n));
    await sign(signer, block(440n));
    const answer = await remove(signer, signer.pubkey);

    expect(await itemsOf(Promise.resolve(answer))).toEqual([{ status: 'deleted', message: '' }]);
    expect(exportIn(answer)).toEqual({
      metadata: {
        interchange_format_version: '5',
        genesis_validators_root: NETWORK.genesisValidatorsRoot,
      },
      data: [
        {
          pubkey: signer.pubkey,
          signed_blocks: [{ slot: '440', signing_root: expect.stringMatching(/^0x/) as string }],
          signed_attestations: [
            { source_epoch: '53', target_epoch: '54', signing_root: expect.stringMatching(/^0x/) as string },
          ],
        },
      ],
    });
    for (const body of [attestation(54n, 55n), block(441n), randaoReveal(55n)]) {
      expect((await sign(signer, body)).status).toBe(404);
    }
    const kept = signer.pubkeys[1]!;
    expect((await send(signer.url, '/api/v1/eth2/publicKeys')).text).toBe(JSON.stringify([kept]));
    expect(Object.keys((await diskOf(signer)).files)).toEqual([`keys/${kept}.json`, `secrets/${kept}`]);
  });

  it('gives the same history again when repeated, also after a restart', async () => {
    const first = await startSignerFixture();
    await sign(first, attestation(53n, 54n));
    const deleted = await remove(first, first.pubkey);
    const before = await diskOf(first);
    const repeated = await remove(first, first.pubkey);
    expect(await diskOf(first)).toEqual(before);
    await first.close();
    const second = await startSignerFixture({ dataDir: first.dataDir, keys: 0 });
    const restarted = await remove(second, first.pubkey);

    for (const answer of [repeated, restarted]) {
      expect(await statusesOf(Promise.resolve(answer))).toEqual(['not_active']);
      expect(exportIn(answer)).toEqual(exportIn(deleted));
    }
  });

  it('answers item by item, in order', async () => {
    const signer = await startSignerFixture({ keys: 3 });
    const [one, two, three] = signer.pubkeys as readonly string[] as readonly [string, string, string];
    await remove(signer, three);
    const unseen = (await newKeystore()).pubkey;
    const upper = `0x${two.slice(2).toUpperCase()}`;
    const answer = await remove(signer, unseen, one, 'no pubkey', three, upper, one);

    const items = await itemsOf(Promise.resolve(answer));
    expect(items.map(({ status }) => status)).toEqual([
      ...['not_found', 'deleted', 'error', 'not_active', 'deleted', 'not_active'],
    ]);
    expect(items[2]!.message).toContain('pubkeys[2]');
    const exported = exportIn(answer).data.map(({ pubkey }) => pubkey);
    expect(exported.sort()).toEqual([one, two, three].sort());
  });

  it('of a key that was never seen writes nothing', async () => {
    const signer = await startSignerFixture();
    const before = await diskOf(signer);
    const answer = await remove(signer, bytes(48));
    expect(await statusesOf(Promise.resolve(answer))).toEqual(['not_found']);
    expect(exportIn(answer).data).toEqual([]);
    expect(await diskOf(signer)).toEqual(before);
  });

  it('of a key of which only history was imported gives that history', async () => {
    const signer = await startSignerFixture();
    const { pubkey } = await newKeystore();
    const slashing_protection = interchange([{ pubkey, slot: '7', vote: ['1', '2'] }]);
    await callKeymanager(signer, 'POST', { keystores: [], passwords: [], slashing_protection });
    const answer = await remove(signer, pubkey);
    expect(await statusesOf(Promise.resolve(answer))).toEqual(['not_active']);
    expect(exportIn(answer).data).toMatchObject([{ pubkey, signed_blocks: [{ slot: '7' }] }]);
  });

  it('that cannot be recorded is an error, without a history that would let the key start elsewhere', async () => {
    const signer = await startSignerFixture();
    await sign(signer, attestation(53n, 54n));
    meddle(signer, 'UPDATE fence SET generation = generation + 1');
    const answer = await remove(signer, signer.pubkey);
    const [item] = await itemsOf(Promise.resolve(answer));
    expect(item!.status).toBe('error');
    expect(item!.message).toMatch(/^DB_FENCED: /);
    expect(exportIn(answer).data).toEqual([]);
    expect(Object.keys((await diskOf(signer)).files)).toHaveLength(2);
  });

  it.each([['{'], [{}], [{ pubkeys: 'x' }], [{ pubkeys: [1] }], [[]]])('is 400 with %j', async (body) => {
    const signer = await startSignerFixture();
    const before = await diskOf(signer);
    expect((await callKeymanager(signer, 'DELETE', body)).status).toBe(400);
    expect(await diskOf(signer)).toEqual(before);
    expect(signer.keyring.has(signer.pubkey)).toBe(true);
  });

  it('takes effect under fire: no vote is signed that its export does not cover', async () => {
    const signer = await startSignerFixture();
    const asked = Array.from({ length: 30 }, (_, n) => sign(signer, attestation(BigInt(n), BigInt(n + 1))));
    const answer = await remove(signer, signer.pubkey);
    const { signed_attestations: votes } = exportIn(answer).data[0]!;
    const covered = BigInt((votes[0] as { target_epoch?: string } | undefined)?.target_epoch ?? '0');
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    const highest = statuses.lastIndexOf(200) + 1;
    expect(covered).toBeGreaterThanOrEqual(BigInt(highest));
    expect(statuses.filter((status) => ![200, 400, 404, 412].includes(status))).toEqual([]);
  });
});

describe('a deleted key', () => {
  it('stays dead after a restart, also when somebody puts its files back', async () => {
    const first = await startSignerFixture({ keys: 2 });
    const { files } = await diskOf(first);
    await remove(first, first.pubkey);
    await first.close();
    for (const [name, content] of Object.entries(files)) {
      const path = join(first.dataDir, name);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await writeFile(path, content, { mode: 0o600 });
    }

    const second = await startSignerFixture({ dataDir: first.dataDir, keys: 0 });
    expect(second.loaded).toEqual({ loaded: 1, failed: 0, deleted: 1 });
    expect(second.keyring.pubkeys()).toEqual([first.pubkeys[1]]);
    for (const body of [attestation(54n, 55n), randaoReveal(55n)]) {
      const answer = await sign(second, body, { identifier: first.pubkey });
      expect({ status: answer.status, code: json(answer)['code'] }).toEqual({
        status: 404,
        code: 'UNKNOWN_KEY',
      });
    }
    // Deleting it once more takes the files away too.
    expect(await statusesOf(remove(second, first.pubkey))).toEqual(['not_active']);
    expect(Object.keys((await diskOf(second)).files).join()).not.toContain(first.pubkey);
  });

  it.each(['floor', 'refuse'] as const)('comes back at the floor under %s', async (onMissingHistory) => {
    const signer = await startSignerFixture({ keys: 0, onMissingHistory });
    const { text, pubkey } = await newKeystore();
    const body = {
      keystores: [text],
      passwords: [PASSWORD],
      slashing_protection: interchange([{ pubkey, slot: '1', vote: ['1', '2'] }]),
    };
    await callKeymanager(signer, 'POST', body);
    expect((await sign(signer, attestation(52n, 53n), { identifier: pubkey })).status).toBe(200);
    await remove(signer, pubkey);

    // Its old history comes with it, but where it was in the meantime nobody says.
    expect(await statusesOf(callKeymanager(signer, 'POST', body))).toEqual(['imported']);
    const early = await sign(signer, attestation(54n, 55n), { identifier: pubkey });
    expect({ status: early.status, code: json(early)['code'] }).toEqual({
      status: 412,
      code: 'TARGET_NOT_ABOVE_WATERMARK',
    });
    expect((await sign(signer, block(443n), { identifier: pubkey })).status).toBe(412);
    signer.setSlot(56n * NETWORK.slotsPerEpoch);
    expect((await sign(signer, attestation(55n, 56n), { identifier: pubkey })).status).toBe(200);
  });

  it('comes back where it was when its history is trusted', async () => {
    const signer = await startSignerFixture({ keys: 0 });
    const { text, pubkey } = await newKeystore();
    const body = { keystores: [text], passwords: [PASSWORD] };
    await callKeymanager(signer, 'POST', body);
    await sign(signer, attestation(52n, 53n), { identifier: pubkey });
    await remove(signer, pubkey);
    await callKeymanager(signer, 'POST', body);
    expect((await sign(signer, attestation(51n, 53n), { identifier: pubkey })).status).toBe(412);
    expect((await sign(signer, attestation(53n, 54n), { identifier: pubkey })).status).toBe(200);
  });

  it('comes back with another password than the one its left-over file had', async () => {
    const first = await startSignerFixture({ keys: 0 });
    const { text, pubkey, keystore } = await newKeystore();
    await callKeymanager(first, 'POST', { keystores: [text], passwords: [PASSWORD] });
    const { files } = await diskOf(first);
    await remove(first, pubkey);
    for (const [name, content] of Object.entries(files)) {
      await writeFile(join(first.dataDir, name), content, { mode: 0o600 });
    }
    await writeFile(join(first.dataDir, 'secrets', pubkey), 'an older password', { mode: 0o600 });
    const body = { keystores: [JSON.stringify(keystore)], passwords: [PASSWORD] };
    expect(await statusesOf(callKeymanager(first, 'POST', body))).toEqual(['imported']);
    await first.close();
    const second = await startSignerFixture({ dataDir: first.dataDir, keys: 0 });
    expect(second.loaded).toEqual({ loaded: 1, failed: 0, deleted: 0 });
  });
});
