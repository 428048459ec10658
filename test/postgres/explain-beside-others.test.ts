import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, it, onTestFinished } from 'vitest';
import { SlotClock } from '../../core/chain/slot-clock.ts';
import { databasePath } from '../../signer/data-directory.ts';
import type { Explanation } from '../../signer/explain/explanation.ts';
import { emptyDatabase } from '../support/postgres.ts';
import { migrated, openSigner, throughPort } from '../support/postgres-guards.ts';
import { json, JSON_HEADERS, send } from '../support/signer-client.ts';
import { startDaemon } from '../support/signer-daemon.ts';
import { NETWORK } from '../support/signer-network.ts';
import { att, KEY_A } from '../support/slashing-fixtures.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { tempDirectory, verdict } from '../support/temp-guard.ts';

it('tells what another signer has signed, and without the database what was known last', async () => {
  const url = await migrated(await emptyDatabase(inject('postgresUrl')), NETWORK.genesisValidatorsRoot);
  const proxy = await TcpProxy.to(Number(new URL(inject('postgresUrl')).port));
  onTestFinished(() => proxy.close());
  const clock = new SlotClock(NETWORK, Date.now);
  const active = await openSigner(url, { instance: 'active', spec: NETWORK, clock });
  await active.admitKey(KEY_A, false);
  const now = clock.currentEpoch();
  expect(await verdict(active, KEY_A, att(now - 3n, now - 2n))).toBe('released');

  const dataDir = tempDirectory();
  const shared = { url: throughPort(url, proxy.port), passwordFile: null, instance: 'passive' };
  const { ports } = await startDaemon(dataDir, {
    guard: { path: databasePath(dataDir), spec: NETWORK, clock, shared },
  });
  const token = readFileSync(join(dataDir, 'api-token.txt'), 'utf8').trim();
  const explained = async () => {
    const answer = await send(`http://127.0.0.1:${ports.http}`, `/vigil/v1/keys/${KEY_A}/explain`, {
      headers: { ...JSON_HEADERS, authorization: `Bearer ${token}` },
    });
    expect(answer.status).toBe(200);
    const { sections, refusals } = json(answer) as unknown as Explanation;
    const vote = sections.find(({ id }) => id === 'watermark')?.entries['highest_attestation'];
    return { vote, codes: refusals.map(({ code }) => code) };
  };
  expect(await verdict(active, KEY_A, att(now - 2n, now - 1n))).toBe('released');
  const known = await explained();
  expect(known.vote).toBe(`${now - 2n} -> ${now - 1n}`);
  expect(known.codes).not.toContain('GUARD_UNAVAILABLE');

  expect(await verdict(active, KEY_A, att(now - 1n, now))).toBe('released');
  proxy.cut();
  const away = await explained();
  proxy.mend();
  expect(away.vote).toBe(known.vote);
  expect(away.codes).toContain('GUARD_UNAVAILABLE');
});
