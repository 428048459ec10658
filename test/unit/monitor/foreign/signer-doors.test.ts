import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SlotClock } from '../../../../core/chain/slot-clock.ts';
import { resolveSettings } from '../../../../core/config/resolve-settings.ts';
import { tlsSettings } from '../../../../core/config/tls-settings.ts';
import type { Settings } from '../../../../core/config/settings.ts';
import { createLogger } from '../../../../core/log/logger.ts';
import { parseRoot, slot, type Pubkey } from '../../../../core/units.ts';
import {
  ForeignWatch,
  localDoor,
  SignerHistory,
  signerDoors,
  urlDoor,
  type SignerDoor,
} from '../../../../monitor/foreign/index.ts';
import type { BlockFacts } from '../../../../monitor/model/block-facts.ts';
import type { ForeignMessage } from '../../../../monitor/model/foreign-message.ts';
import { databasePath } from '../../../../signer/data-directory.ts';
import { startBeaconServer, json as answering } from '../../../support/beacon-server.ts';
import { bytes, randaoReveal } from '../../../support/signer-bodies.ts';
import { json, JSON_HEADERS, send } from '../../../support/signer-client.ts';
import { startSignerFixture } from '../../../support/signer-fixture.ts';
import { NETWORK } from '../../../support/signer-network.ts';
import { clientCa, sendTls, shows, tlsFiles } from '../../../support/tls-fixture.ts';
import { tempDirectory } from '../../../support/temp-guard.ts';

// After the network, whose preset the SSZ types take when they are loaded.
const { startSigner } = await import('../../../../signer/signer-daemon.ts');
const { seenBlock } = await import('../../../../monitor/foreign/see.ts');

const settingsOf = (flags: Record<string, string | string[]>): Settings =>
  resolveSettings({ flags, environment: {} }).settings;

const withTls =
  (more: Record<string, string> = {}): (() => Record<string, string>) =>
  () => {
    const { cert, key } = tlsFiles();
    return { 'tls-cert': cert, 'tls-key': key, ...more };
  };

/** A whole signer, with its threads, on a data directory that had keys before. */
async function daemon(flags: Record<string, string> = {}) {
  const made = await startSignerFixture();
  await made.close();
  const { dataDir, pubkey } = made;
  const settings = settingsOf({ 'data-dir': dataDir, ...flags });
  const clock = new SlotClock(NETWORK, Date.now);
  const signer = await startSigner({
    ...{ dataDir, spec: NETWORK, httpHost: settings['http-host'], httpPort: 0, hostAllowlist: [] },
    ...{ metricsHost: '127.0.0.1', metricsPort: 0, beaconNodes: [], doppelgangerEpochs: 0n },
    guard: { path: databasePath(dataDir), spec: NETWORK, clock },
    onMissingHistory: 'trust',
    admin: settings['admin-port'] === null ? null : { host: settings['admin-host'], port: 0 },
    frontDoor: { accessFile: null, tls: tlsSettings(settings), rateLimit: null },
    log: createLogger('silent'),
  });
  onTestFinished(() => signer.stop());
  await signer.loaded;
  return { dataDir, pubkey, settings, signer, clock };
}

/** A block of a key as of a moment that the signer has not reached: certainly not one of its own. */
const strangersBlock = (pubkey: Pubkey, clock: SlotClock) =>
  seenBlock(NETWORK, { index: 7, pubkey, group: 'default', labels: [] }, {
    slot: slot(clock.currentSlot() + 20n),
    proposerIndex: 7,
    root: parseRoot(bytes(32, '77'), 'root'),
    parentRoot: bytes(32),
    stateRoot: bytes(32),
  } as unknown as BlockFacts);

const historyOf = (door: SignerDoor) => new SignerHistory(door, NETWORK.genesisValidatorsRoot, 20_000);

describe('the signer on the same data directory', () => {
  it.each<[string, Record<string, string> | (() => Record<string, string>)]>([
    ['on its one port', {}],
    ['on the admin port', { 'admin-port': '0' }],
    ['behind a wildcard', { 'http-host': '0.0.0.0' }],
    ['behind TLS', withTls()],
    ['behind TLS that wants certificates', withTls({ 'tls-client-ca': clientCa() })],
  ])('is found %s, asked, and told to freeze', async (_where, given) => {
    const flags = typeof given === 'function' ? given() : given;
    const { dataDir, pubkey, settings, signer, clock } = await daemon(flags);
    const [door, ...others] = signerDoors(settings);
    expect([door?.name, others]).toEqual([dataDir, []]);
    const stored: ForeignMessage[] = [];
    const watch = new ForeignWatch({
      ...{ spec: NETWORK, signers: [historyOf(door!)], log: createLogger('silent'), nowMs: () => 0n },
      store: { recordForeign: (message) => void stored.push(message), keepOpen: () => undefined },
    });
    const stranger = strangersBlock(pubkey, clock);
    expect(await watch.check([stranger])).toMatchObject({ foreign: 1 });
    expect(stored.at(-1)).toMatchObject({ action: 'frozen', ours: null });
    const path = `/api/v1/eth2/sign/${pubkey}`;
    const ask = { method: 'POST', headers: JSON_HEADERS, body: randaoReveal(clock.currentEpoch()) };
    const refused = flags['tls-cert']
      ? await sendTls(`https://localhost:${signer.ports.http}`, path, { ...ask, ...shows('server') })
      : await send(`http://127.0.0.1:${signer.ports.http}`, path, ask);
    expect(json(refused)).toMatchObject({
      code: 'KEY_FROZEN',
      message: expect.stringContaining(stranger.signingRoot) as string,
    });
  });

  it('is found again where it listens after a restart', async () => {
    const { dataDir, pubkey, settings, signer, clock } = await daemon();
    const history = historyOf(localDoor(settings));
    await signer.stop();
    await expect(history.lookUp([strangersBlock(pubkey, clock)])).rejects.toMatchObject({
      code: 'MONITOR_SIGNER_SILENT',
      message: expect.stringContaining(dataDir) as string,
    });
    const again = await startSignerFixture({ dataDir, keys: 0, nowSlot: clock.currentSlot() });
    writeFileSync(
      join(dataDir, 'vigil.ports'),
      JSON.stringify({ http: Number(new URL(again.url).port), metrics: 1 }),
    );
    expect(await history.lookUp([strangersBlock(pubkey, clock)])).toMatchObject([{ key: 'active' }]);
  });

  it('is not looked for where there never was one', () => {
    expect(signerDoors(settingsOf({ 'data-dir': tempDirectory() }))).toEqual([]);
  });
});

describe('signers at addresses', () => {
  it('have one token for all or one each, and never that of another signer', () => {
    const flags = { 'data-dir': tempDirectory(), 'signer-url': ['http://a:1', 'http://user:secret@b:2/x'] };
    const names = (files: string[]) =>
      signerDoors(settingsOf({ ...flags, 'signer-token-file': files })).map(({ name }) => name);
    expect(names(['/t'])).toEqual(['http://a:1', 'http://b:2']);
    expect(names(['/t', '/u'])).toEqual(['http://a:1', 'http://b:2']);
    for (const files of [[], ['/t', '/u', '/v']]) {
      expect(() => names(files)).toThrow(expect.objectContaining({ code: 'MONITOR_SIGNER_TOKENS' }));
    }
  });

  it.each<[string, unknown, number, string]>([
    ['an answer that is too short', { data: [] }, 200, 'MONITOR_SIGNER_ANSWER'],
    ['an answer of another kind', [1], 200, 'MONITOR_SIGNER_ANSWER'],
    ['no such path', { code: 'NOT_FOUND', message: 'there is no such path' }, 404, 'MONITOR_SIGNER_ANSWER'],
    ['a failure', 'oops', 503, 'MONITOR_SIGNER_SILENT'],
    ['too many requests', {}, 429, 'MONITOR_SIGNER_SILENT'],
    ['a redirect', {}, 302, 'MONITOR_SIGNER_ANSWER'],
    ['a closed door', {}, 403, 'MONITOR_SIGNER_REFUSES'],
  ])('are not believed with %s', async (_what, body, status, code) => {
    const server = await startBeaconServer(answering(body, status));
    const file = join(tempDirectory(), 'token');
    writeFileSync(file, 'a-token-of-some-client');
    const message = strangersBlock(bytes(48, 'a7') as Pubkey, new SlotClock(NETWORK, Date.now));
    await expect(historyOf(urlDoor(server.url, file)).lookUp([message])).rejects.toMatchObject({ code });
    expect(server.requests[0]?.headers.authorization).toBe('Bearer a-token-of-some-client');
  });

  it.each([
    ['is missing', null],
    ['is empty', ' \n'],
    ['has two lines', 'secret\nsecret'],
  ])('are not asked when the token file %s, and its content is not told', async (_what, content) => {
    const server = await startBeaconServer(answering({}));
    const file = join(tempDirectory(), 'token');
    if (content !== null) writeFileSync(file, content);
    const message = strangersBlock(bytes(48, 'a7') as Pubkey, new SlotClock(NETWORK, Date.now));
    const failure = historyOf(urlDoor(server.url, file)).lookUp([message]);
    await expect(failure).rejects.toMatchObject({ code: 'MONITOR_SIGNER_REFUSES' });
    await expect(failure).rejects.not.toThrow('secret');
    expect(server.requests).toEqual([]);
  });

  it('have a new token read when it changes', async () => {
    const signer = await startSignerFixture();
    const file = join(tempDirectory(), 'token');
    writeFileSync(file, 'x'.repeat(64));
    const history = historyOf(urlDoor(signer.url, file));
    const message = strangersBlock(signer.pubkey, new SlotClock(NETWORK, Date.now));
    await expect(history.lookUp([message])).rejects.toMatchObject({ code: 'MONITOR_SIGNER_REFUSES' });
    rmSync(file);
    writeFileSync(file, readFileSync(join(signer.dataDir, 'api-token.txt')));
    expect(await history.lookUp([message])).toHaveLength(1);
  });
});
