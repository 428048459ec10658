import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { epoch } from '../../core/units.ts';
import {
  acceptRollback,
  copyDatabase,
  exportServer,
  readServerStatus,
  verifyServer,
  type Guard,
} from '../../slashing-db/index.ts';
import { holdIdleServer } from '../../slashing-db/storage/postgres/hold-server.ts';
import { PostgresServer, queryAt } from '../support/postgres.ts';
import { freshDatabase, migrated, openSigner, throughPort } from '../support/postgres-guards.ts';
import { att, block, clockAt, key, KEY_A, KEY_B, SPEC } from '../support/slashing-fixtures.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { openTestGuard, tempDatabase, tempDirectory, TRUSTING, verdict } from '../support/temp-guard.ts';

const ACT = { by: 'a test', reason: 'a test' };
const KEY_C = key(3);
const { clock } = clockAt(1000);

/** Votes, a block, a deletion, a freeze and a hand-over. */
async function live(guard: Guard): Promise<void> {
  for (const pubkey of [KEY_A, KEY_B, KEY_C]) await guard.admitKey(pubkey, false);
  await verdict(guard, KEY_A, att(8, 9));
  await verdict(guard, KEY_A, block(70));
  await guard.deleteKeys([KEY_B]);
  await guard.operator.freeze([KEY_C], ACT);
  await guard.operator.handOver([KEY_A], epoch(20n), ACT);
  await guard.close();
}

async function isAsStrict(guard: Guard): Promise<void> {
  expect(await verdict(guard, KEY_A, att(7, 10))).toBe('SURROUND_VOTE');
  expect(await verdict(guard, KEY_A, att(9, 20))).toBe('KEY_HANDED_OVER');
  expect(await verdict(guard, KEY_A, block(70, 2))).toBe('BLOCK_NOT_ABOVE_WATERMARK');
  expect(await verdict(guard, KEY_B, att(8, 9))).toBe('KEY_DELETED');
  expect(await verdict(guard, KEY_C, att(8, 9))).toBe('KEY_FROZEN');
  expect(await verdict(guard, KEY_A, att(8, 10))).toBe('released');
}

describe('a copy', () => {
  it('from a file to a server knows all that the file knew', async () => {
    const path = tempDatabase();
    await live(openTestGuard(path, { clock }));
    const url = await freshDatabase();
    const to = {
      ...TRUSTING,
      clock,
      path: tempDatabase(),
      shared: { url, passwordFile: null, instance: 'copy' },
    };
    expect(await copyDatabase({ path }, to, 'a test', path)).toEqual({
      keys: 3,
      deleted: 1,
      frozen: 1,
      handedOver: 1,
      allFrozen: null,
    });
    await isAsStrict(await openSigner(url, { clock }));
  });

  it('from a server to a file knows all that the server knew', async () => {
    const url = await freshDatabase();
    await live(await openSigner(url, { clock }));
    const path = tempDatabase();
    await copyDatabase({ url, passwordFile: null }, { ...TRUSTING, clock, path }, 'a test', 'a server');
    await isAsStrict(openTestGuard(path, { clock }));
  });

  it('lowers nothing in what is there, and is the same a second time', async () => {
    const path = tempDatabase();
    await live(openTestGuard(path, { clock }));
    const url = await freshDatabase();
    const signer = await openSigner(url, { clock });
    await signer.admitKey(KEY_A, false);
    await verdict(signer, KEY_A, att(30, 40));
    const to = {
      ...TRUSTING,
      clock,
      path: tempDatabase(),
      shared: { url, passwordFile: null, instance: 'copy' },
    };
    for (let round = 0; round < 2; round += 1) await copyDatabase({ path }, to, 'a test', path);
    const { keys } = await readServerStatus({ url, passwordFile: null });
    expect(keys.find(({ pubkey }) => pubkey === KEY_A)?.attestation).toMatchObject({
      source: 30n,
      target: 40n,
    });
    // The signer that runs there knows it with its next signature.
    expect(await verdict(signer, KEY_A, att(39, 41))).toBe('KEY_HANDED_OVER');
  });

  it('brings a running signer the boot floor that the file owed', async () => {
    const path = tempDatabase();
    const file = openTestGuard(path, { clock });
    await file.admitKey(KEY_A, false);
    await file.close();
    const url = await freshDatabase();
    const signer = await openSigner(url, { clock });
    await signer.admitKey(KEY_A, false);
    const shared = { url, passwordFile: null, instance: 'copy' };
    const to = { ...TRUSTING, clock, path: tempDatabase(), shared };
    await copyDatabase({ path, anchors: [join(tempDirectory(), 'none')] }, to, 'a test', path);
    expect(await verdict(signer, KEY_A, att(124, 125))).toBe('BELOW_BOOT_FLOOR');
    expect(signer.protection).toMatchObject({ floor: { target: 125n }, floorOwed: null });
  });

  it('is refused while a signer uses the source', async () => {
    const url = await freshDatabase();
    const signer = await openSigner(url, { clock });
    const to = { ...TRUSTING, clock, path: tempDatabase() };
    const source = { url, passwordFile: null };
    await expect(copyDatabase(source, to, 'a test', 'a server')).rejects.toMatchObject({ code: 'DB_IN_USE' });
    await expect(exportServer(source)).rejects.toMatchObject({ code: 'DB_IN_USE' });
    await signer.close();
    const path = tempDatabase();
    const running = openTestGuard(path, { clock });
    await expect(copyDatabase({ path }, to, 'a test', path)).rejects.toMatchObject({ code: 'DB_IN_USE' });
    await running.close();
  });
});

describe('a message that was seen on the chain', () => {
  const { clock: moving, moveTo } = clockAt(8);
  const fromFile = async (): Promise<string> => {
    moveTo(200);
    const path = tempDatabase();
    const source = openTestGuard(path, { clock: moving });
    await source.admitKey(KEY_A, false);
    moveTo(386);
    expect(await verdict(source, KEY_A, att(47, 48))).toBe('released');
    moveTo(394);
    expect(await verdict(source, KEY_A, att(48, 49))).toBe('released');
    await source.close();
    return path;
  };

  it.each(['a server', 'a file'])('from before a copy to %s accuses nobody', async (kind) => {
    moveTo(8);
    const url = await freshDatabase();
    const file = tempDatabase();
    const open = () =>
      kind === 'a server'
        ? openSigner(url, { instance: 'y', clock: moving })
        : Promise.resolve(openTestGuard(file, { clock: moving }));
    // Its records go back to before those of the source.
    const before = await open();
    await before.admitKey(KEY_B, false);
    await before.close();
    const path = await fromFile();
    const shared = { url, passwordFile: null, instance: '(copy)' };
    const to = kind === 'a server' ? { path: tempDatabase(), shared } : { path: file };
    await copyDatabase({ path }, { ...TRUSTING, clock: moving, ...to }, 'a test', path);
    moveTo(402);
    const guard = await open();
    expect(await verdict(guard, KEY_A, att(49, 50))).toBe('released');
    moveTo(430);
    const seen = [att(47, 48), att(48, 49), att(49, 50), att(50, 51)];
    const { messages } = await guard.lookUp(seen.map((message) => ({ ...message, pubkey: KEY_A })));
    expect(messages.map(({ verdict: word }) => word)).toEqual([
      ...['elsewhere', 'elsewhere'],
      ...['signed', 'not_signed'],
    ]);
    expect(messages[0]?.why).toContain('copied');
  });
});

describe('a server that is copied from', () => {
  it('lets no signer in, old or new, before the copy is through', async () => {
    const url = await freshDatabase();
    await live(await openSigner(url, { clock }));
    const held = await holdIdleServer({ url, passwordFile: null });
    await expect(openSigner(url, { clock })).rejects.toMatchObject({ code: 'DB_UNREACHABLE' });
    await expect(openSigner(url, { clock, instance: 'two' })).rejects.toThrow('lock timeout');
    expect(held.status.keys).toHaveLength(3);
    await held.release();
    expect(await verdict(await openSigner(url, { clock }), KEY_A, att(7, 10))).toBe('SURROUND_VOTE');
  });

  it('lets no batch through of a signer that it could not see', async () => {
    const url = await freshDatabase();
    const guard = await openSigner(url, { clock });
    await guard.admitKey(KEY_A, false);
    // Its session is that of another database then, as far as one can see.
    await queryAt(url, `UPDATE chain SET database_id = database_id || ' moved'`);
    const held = await holdIdleServer({ url, passwordFile: null });
    expect(await verdict(guard, KEY_A, att(8, 9))).toBe('GUARD_UNAVAILABLE');
    expect(held.status.keys[0]?.attestation).toBeNull();
    await held.release();
  });

  it('does not get a signer back whose connection was lost meanwhile', async () => {
    const url = await freshDatabase();
    const proxy = await TcpProxy.to(Number(new URL(url).port));
    onTestFinished(() => proxy.close());
    const guard = await openSigner(throughPort(url, proxy.port), { clock });
    await guard.admitKey(KEY_A, false);
    proxy.cut();
    const from = { url, passwordFile: null };
    const to = { ...TRUSTING, clock, path: tempDatabase() };
    await expect
      .poll(() => copyDatabase(from, to, 'a test', url).catch((error: unknown) => error), { timeout: 10_000 })
      .toMatchObject({ keys: 1 });
    proxy.mend();
    expect(await guard.poisoned).toMatchObject({ code: 'DB_FENCED' });
    expect(await verdict(guard, KEY_A, att(8, 9))).not.toBe('released');
    // Nor when it is started again, as containers do by themselves.
    const again = await openSigner(url, { clock });
    expect(await verdict(again, KEY_A, att(8, 9))).toBe('ALL_FROZEN');
    expect(await verdict(openTestGuard(to.path, { clock }), KEY_A, att(8, 9, 2))).toBe('released');
    await again.operator.unfreeze('all', ACT);
    expect(await verdict(again, KEY_A, att(8, 10))).toBe('released');
  });

  it('is copied a second time without the freeze of the first, but with that of an operator', async () => {
    const url = await freshDatabase();
    const guard = await openSigner(url, { clock });
    await guard.admitKey(KEY_A, false);
    await guard.close();
    const from = { url, passwordFile: null };
    const copyTo = (path: string) => copyDatabase(from, { ...TRUSTING, clock, path }, 'a test', url);
    const [one, two, three] = [tempDatabase(), tempDatabase(), tempDatabase()];
    expect(await copyTo(one)).toMatchObject({ allFrozen: null });
    expect(await copyTo(two)).toMatchObject({ allFrozen: null });
    expect(await verdict(openTestGuard(two, { clock }), KEY_A, att(8, 9))).toBe('released');
    const again = await openSigner(url, { clock });
    expect(again.protection.frozen?.reason).toBe(`DB_COPIED: copied to ${two} by a test`);
    await again.operator.freeze('all', { by: 'a test', reason: 'by hand' });
    await again.close();
    for (let round = 0; round < 2; round += 1) {
      expect(await copyTo(three)).toMatchObject({ allFrozen: 'by hand' });
    }
    expect((await readServerStatus(from)).protection.frozen?.reason).toBe(
      `DB_COPIED: copied to ${three} by a test; frozen also: by hand`,
    );
  });

  it('stays frozen when its server dies right after, though that would not wait for its disk', async () => {
    const server = await PostgresServer.start(['synchronous_commit = off', 'wal_writer_delay = 10s']);
    onTestFinished(() => server.stop());
    const url = await migrated(await server.emptyDatabase());
    const guard = await openSigner(url, { clock });
    await guard.admitKey(KEY_A, false);
    await guard.close();
    await copyDatabase(
      { url, passwordFile: null },
      { ...TRUSTING, clock, path: tempDatabase() },
      'a test',
      url,
    );
    await server.kill();
    await server.resume();
    expect((await queryAt(url, 'SELECT frozen_reason FROM protection')).rows).toEqual([
      { frozen_reason: expect.stringContaining('DB_COPIED') as string },
    ]);
  });

  it('is copied in vain when it was let go of meanwhile', async () => {
    const url = await freshDatabase();
    const proxy = await TcpProxy.to(Number(new URL(url).port));
    onTestFinished(() => proxy.close());
    const held = await holdIdleServer({ url: throughPort(url, proxy.port), passwordFile: null });
    proxy.breakAll();
    await expect(held.release()).rejects.toMatchObject({ code: 'DB_UNREACHABLE' });
  });
});

describe('what is read of a server', () => {
  it('is sound, and says where a record was changed or is not covered', async () => {
    const url = await freshDatabase();
    await live(await openSigner(url, { clock }));
    const target = { url, passwordFile: null };
    expect(await verifyServer(target)).toMatchObject({
      uncovered: [],
      instances: [{ history: { fault: null } }],
    });
    expect(JSON.parse((await exportServer(target)).text)).toMatchObject({
      metadata: { genesis_validators_root: SPEC.genesisValidatorsRoot },
    });
    await queryAt(url, 'UPDATE keys SET target = 3, source = 2');
    expect((await verifyServer(target)).uncovered.length).toBe(1);
    await queryAt(url, `UPDATE history SET client = 'x' WHERE id = 2`);
    expect((await verifyServer(target)).instances[0]?.history.fault).toEqual({ kind: 'changed', index: 2n });
  });
});

describe('a rollback', () => {
  it('is accepted above the boot floor of now, after which all are thawed by hand', async () => {
    const url = await freshDatabase();
    const directory = tempDirectory();
    const options = { path: join(directory, 'slashing.sqlite'), anchors: [join(directory, 'anchor')], clock };
    const guard = await openSigner(url, options);
    await guard.admitKey(KEY_A, false);
    await verdict(guard, KEY_A, att(8, 9));
    await guard.close();
    await queryAt(url, 'UPDATE instances SET sequence = sequence - 1');
    await expect(openSigner(url, options)).rejects.toMatchObject({ code: 'DB_ROLLED_BACK' });
    const shared = { url, passwordFile: null, instance: 'one' };
    const resolution = await acceptRollback({ ...TRUSTING, ...options, shared }, ACT);
    expect(resolution.found).toContain('knows database');
    const again = await openSigner(url, options);
    expect(again.protection.floor).toMatchObject({ target: 125n });
    expect(await verdict(again, KEY_A, att(8, 10))).toBe('ALL_FROZEN');
    await again.operator.unfreeze('all', ACT);
    expect(await verdict(again, KEY_A, att(8, 10))).toBe('BELOW_BOOT_FLOOR');
  });
});
