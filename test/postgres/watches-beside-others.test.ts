import { pino } from 'pino';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { BeaconNode } from '../../beacon/beacon-node.ts';
import type { Pubkey } from '../../core/units.ts';
import { ChainWatch } from '../../signer/watch/chain-watch.ts';
import { DoppelgangerWatch } from '../../signer/watch/doppelganger-watch.ts';
import { keyPast } from '../../signer/watch/key-past.ts';
import type { Guard } from '../../slashing-db/index.ts';
import { rowsAt, freshDatabase, openSigner, throughPort } from '../support/postgres-guards.ts';
import { startBeaconNode } from '../support/signer-beacon-node.ts';
import { att, block, clockAt, KEY_A } from '../support/slashing-fixtures.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { verdict } from '../support/temp-guard.ts';

/** What a signer sees of the others on its database through a beacon node is no stranger's; what it does not find there is. */

const VALIDATORS = '/eth/v1/beacon/states/head/validators';
const ACT = { by: 'a test', reason: 'a test' };

/** A database and a beacon node, which does not answer yet, at a slot; signer `a` has the key and has signed nothing. */
async function world(slot = 83) {
  const url = await freshDatabase();
  const { clock, moveTo } = clockAt(slot);
  const node = await startBeaconNode();
  const at = (to: number): void => {
    moveTo(to);
    node.setClock(BigInt(to));
  };
  at(slot);
  const a = await openSigner(url, { instance: 'a', clock });
  await a.admitKey(KEY_A, false);
  /** The node is there, and has the validator. */
  const tell = ({ slashed = false } = {}): void => {
    const validator = { pubkey: KEY_A, slashed, effective_balance: '32000000000' };
    const onChain = { index: '0', balance: '32000000000', status: 'active_ongoing', validator };
    node.answer(VALIDATORS, { data: [onChain], finalized: false });
  };
  const live = (epoch: number, isLive = true): void =>
    node.answer(`/eth/v1/validator/liveness/${epoch}`, { data: [{ index: '0', is_live: isLive }] });
  const watchOf = (guard: Guard, keys: readonly Pubkey[] = [KEY_A], epochs = 2n) => {
    const doppelganger = new DoppelgangerWatch(
      epochs,
      (pubkey) => keyPast(guard, pubkey),
      () => clock.currentEpoch(),
    );
    const codes: unknown[] = [];
    const log = pino({}, { write: (line) => codes.push((JSON.parse(line) as { code?: string }).code) });
    const watch = new ChainWatch({
      ...{ nodes: [new BeaconNode(node.url)], guard, doppelganger, clock, pubkeys: () => keys },
      log,
    });
    return { watch, codes, isSilent: () => doppelganger.silent([KEY_A]).length > 0 };
  };
  /** Signer `b`, which has read the database and learns nothing of signatures by itself. */
  const openB = (through = url) => openSigner(through, { instance: 'b', clock });
  const frozen = async (): Promise<unknown> =>
    (await rowsAt(url, 'SELECT frozen_reason FROM keys'))[0]?.['frozen_reason'];
  return { url, clock, at, a, tell, live, watchOf, openB, frozen };
}

async function proxied(): Promise<TcpProxy> {
  const proxy = await TcpProxy.to(Number(new URL(inject('postgresUrl')).port));
  onTestFinished(() => proxy.close());
  return proxy;
}

describe('at the start', () => {
  it.each([
    ['a vote', att(10, 11), 11],
    ['a block', block(88), 11],
  ])('%s that another signer made since the database was read is no news', async (_what, message, epoch) => {
    const { at, a, tell, live, watchOf, openB } = await world();
    expect(await verdict(a, KEY_A, att(9, 10))).toBe('released');
    at(88);
    const b = await openB();
    expect(await verdict(a, KEY_A, message)).toBe('released');
    tell();
    live(epoch);
    await watchOf(b).watch.assertDatabaseIsNewest();
  });

  it('a vote that no signer has on record still is', async () => {
    const { at, a, tell, live, watchOf, openB } = await world();
    expect(await verdict(a, KEY_A, att(9, 10))).toBe('released');
    at(96);
    const b = await openB();
    expect(await verdict(a, KEY_A, att(10, 11))).toBe('released');
    tell();
    live(12);
    const start = watchOf(b).watch.assertDatabaseIsNewest();
    await expect(start).rejects.toMatchObject({ code: 'CHAIN_NEWER_THAN_DATABASE' });
  });

  it('nothing is said of a vote, nor is anything signed, when the database is away', async () => {
    const proxy = await proxied();
    const { url, at, a, tell, live, watchOf, openB } = await world();
    expect(await verdict(a, KEY_A, att(9, 10))).toBe('released');
    at(88);
    const b = await openB(throughPort(url, proxy.port));
    expect(await verdict(a, KEY_A, att(10, 11))).toBe('released');
    tell();
    live(11);
    proxy.cut();
    const start = watchOf(b).watch.assertDatabaseIsNewest();
    await expect(start).rejects.toMatchObject({ code: 'DB_UNREACHABLE' });
    proxy.mend();
    await expect.poll(() => b.unavailable, { timeout: 20_000, interval: 10 }).toBeNull();
  });
});

describe('later', () => {
  it.each([
    ['does not freeze what the active one signed', true, null],
    ['freezes what nobody on the database signed', false, expect.stringContaining('in epoch 20')],
  ])('a passive signer whose node was away at its start %s', async (_what, signed, reason) => {
    const { at, a, tell, live, watchOf, openB, frozen } = await world();
    expect(await verdict(a, KEY_A, att(9, 10))).toBe('released');
    const { watch } = watchOf(await openB());
    await watch.assertDatabaseIsNewest();
    at(160);
    if (signed) expect(await verdict(a, KEY_A, att(19, 20))).toBe('released');
    tell();
    live(20);
    await watch.check();
    expect(await frozen()).toEqual(reason);
  });

  it.each([0, 8])(
    'two signers that start %i slots apart let their keys go, and freeze none',
    async (apart) => {
      const { at, a, tell, live, watchOf, openB, frozen } = await world(80);
      tell();
      for (let epoch = 8; epoch < 18; epoch += 1) live(epoch, false);
      const first = watchOf(a);
      expect(first.isSilent()).toBe(true);
      await first.watch.assertDatabaseIsNewest();
      at(80 + apart);
      const b = await openB();
      const second = watchOf(b);
      expect(second.isSilent()).toBe(true);
      await second.watch.assertDatabaseIsNewest();
      let votes = 0;
      for (let slot = 82 + apart; slot < 130; slot += 2) {
        at(slot);
        const epoch = Math.floor(slot / 8);
        await first.watch.check();
        if (!first.isSilent() && (await verdict(a, KEY_A, att(epoch - 1, epoch))) === 'released') {
          votes += 1;
          live(epoch);
        }
        at(slot + 1);
        await second.watch.check();
        expect(await frozen()).toBeNull();
      }
      expect(votes).toBeGreaterThan(10);
      // Nor has the passive one to wait until the active one is down for two epochs.
      expect(second.isSilent()).toBe(false);
    },
  );

  it('a key that signs elsewhere is not frozen where it is imported, and is let go there', async () => {
    const { at, a, tell, live, watchOf, openB, frozen } = await world(80);
    expect(await verdict(a, KEY_A, att(9, 10))).toBe('released');
    const b = await openB();
    const keys: Pubkey[] = [];
    const { watch, isSilent } = watchOf(b, keys);
    await watch.assertDatabaseIsNewest();
    at(162);
    expect(await verdict(a, KEY_A, att(19, 20))).toBe('released');
    tell();
    live(20);
    await b.admitKey(KEY_A, true);
    keys.push(KEY_A);
    expect(isSilent()).toBe(true);
    await watch.check();
    expect(await frozen()).toBeNull();
    expect(isSilent()).toBe(false);
  });

  it('a slashing that another signer has answered does not freeze everything anew', async () => {
    const { url, a, tell, watchOf, openB } = await world();
    const b = await openB();
    const [at, beside] = [watchOf(a), watchOf(b)];
    tell({ slashed: true });
    await at.watch.check();
    expect(a.protection.frozen).not.toBeNull();
    // Its key stays frozen; the operator has looked after the rest.
    await a.operator.unfreeze('all', ACT);
    await a.operator.freeze([KEY_A], { ...ACT, reason: 'slashed: known' });
    await beside.watch.check();
    expect(await rowsAt(url, 'SELECT frozen_reason FROM protection')).toEqual([{ frozen_reason: null }]);
  });

  it.each([
    ['frozen if nobody signed there', false],
    ['let go if another signer did', true],
  ])(
    'without the database a key is neither frozen nor let go; with it again it is %s',
    async (_what, signed) => {
      const proxy = await proxied();
      const { url, at, a, tell, live, watchOf, openB, frozen } = await world();
      const b = await openB(throughPort(url, proxy.port));
      const { watch, codes, isSilent } = watchOf(b, [KEY_A], 1n);
      expect(isSilent()).toBe(true);
      await watch.assertDatabaseIsNewest();
      at(96);
      if (signed) expect(await verdict(a, KEY_A, att(11, 12))).toBe('released');
      tell();
      live(12);
      // An epoch of silence, which would be enough.
      live(11, false);
      proxy.cut();
      await watch.check();
      expect(isSilent()).toBe(true);
      // The freeze could not have been recorded either.
      expect(codes).not.toContain('DOPPELGANGER_SEEN');
      proxy.mend();
      await expect.poll(() => b.unavailable, { timeout: 20_000, interval: 10 }).toBeNull();
      await watch.check();
      expect(await frozen()).toEqual(signed ? null : expect.stringContaining('in epoch 12'));
      if (signed) expect(isSilent()).toBe(false);
    },
  );
});
