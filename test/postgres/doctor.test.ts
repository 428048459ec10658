import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { database } from '../../cli/doctor/checks/database.ts';
import type { Finding } from '../../cli/doctor/finding.ts';
import { resolveSettings } from '../../core/config/resolve-settings.ts';
import { anchorPath, databasePath } from '../../signer/data-directory.ts';
import { queryAt } from '../support/postgres.ts';
import { copyTables, freshDatabase, migrated, openSigner, rowsAt } from '../support/postgres-guards.ts';
import { serverPair } from '../support/postgres-pair.ts';
import { att, clockAt, KEY_A, SPEC } from '../support/slashing-fixtures.ts';
import { openTestGuard, tempDirectory, verdict } from '../support/temp-guard.ts';

const NOW = 1000;
const { clock } = clockAt(NOW);

/** A data directory with a place for its anchor. */
function signerPlace() {
  const dataDir = join(tempDirectory(), 'data');
  const place = { path: databasePath(dataDir), anchors: [anchorPath(dataDir)], clock };
  for (const path of [place.path, ...place.anchors]) mkdirSync(dirname(path), { recursive: true });
  return { dataDir, place };
}

const everything = (url: string) =>
  Promise.all(['instances', 'keys', 'protection', 'history'].map((table) => rowsAt(url, `TABLE ${table}`)));

/** What the doctor finds, who changes nothing. */
async function look(url: string, dataDir: string, instance = 'one'): Promise<readonly Finding[]> {
  const flags = { 'data-dir': dataDir, 'slashing-db': url, instance };
  const { settings } = resolveSettings({ flags, environment: {}, configFile: undefined });
  const patient = { settings, configFile: null, spec: SPEC, networkError: null, thorough: true };
  const before = await everything(url);
  const nowMs = () => Number(clock.nowMs());
  const findings = await database.inspect({ ...patient, proc: '/proc', nowMs });
  expect(await everything(url)).toEqual(before);
  return findings;
}

const bad = (findings: readonly Finding[]) => findings.filter(({ grade }) => grade !== 'good');

/** A signer that voted and was stopped. */
async function ranOnce(url: string, place: ReturnType<typeof signerPlace>['place']): Promise<void> {
  const signer = await openSigner(url, place);
  await signer.admitKey(KEY_A, false);
  expect(await verdict(signer, KEY_A, att(8, 9))).toBe('released');
  await signer.close();
}

it('finds nothing bad where a start goes through, while the signer runs and afterwards', async () => {
  const [url, { dataDir, place }] = [await freshDatabase(), signerPlace()];
  expect(bad(await look(url, dataDir))).toEqual([]);
  const signer = await openSigner(url, place);
  await signer.admitKey(KEY_A, false);
  expect(bad(await look(url, dataDir))).toEqual([]);
  await signer.close();
  expect(bad(await look(url, dataDir))).toEqual([]);
});

it('says of a database that does not know the signer how its start will end', async () => {
  const [url, { dataDir, place }] = [await freshDatabase(), signerPlace()];
  const file = openTestGuard(place.path, place);
  await file.admitKey(KEY_A, false);
  await file.close();
  expect(bad(await look(url, dataDir))).toMatchObject([
    {
      grade: 'fault',
      found: expect.stringContaining('DB_SIGNER_UNKNOWN: it does not know the signer one') as string,
    },
  ]);
  await expect(openSigner(url, place)).rejects.toMatchObject({ code: 'DB_SIGNER_UNKNOWN' });
});

it('says of a database that has gone back how the next start will end, and freezes nobody', async () => {
  const [url, { dataDir, place }] = [await freshDatabase(), signerPlace()];
  await ranOnce(url, place);
  const restore = await copyTables(url);
  const signer = await openSigner(url, place);
  expect(await verdict(signer, KEY_A, att(9, 10))).toBe('released');
  await signer.close();
  await restore();
  expect(bad(await look(url, dataDir))).toMatchObject([
    { grade: 'fault', found: expect.stringContaining('DB_ROLLED_BACK') as string },
  ]);
  await expect(openSigner(url, place)).rejects.toMatchObject({ code: 'DB_ROLLED_BACK' });
});

it('tells whose anchor it is that another signer keeps', async () => {
  const [url, { dataDir, place }] = [await freshDatabase(), signerPlace()];
  await ranOnce(url, place);
  expect(bad(await look(url, dataDir, 'two'))).toMatchObject([
    {
      grade: 'fault',
      found: expect.stringMatching(/ANCHOR_OF_ANOTHER_SIGNER: .* the signer one, and this is two/) as string,
    },
  ]);
});

it('names the signer that has put a slot on record which this clock has not reached', async () => {
  const [url, { dataDir, place }] = [await freshDatabase(), signerPlace()];
  await ranOnce(url, place);
  const reached = async (slot: number) => {
    await queryAt(url, `UPDATE instances SET latest_slot = ${slot} WHERE name = 'one'`);
    return bad(await look(url, dataDir));
  };
  expect(await reached(NOW + 1)).toEqual([]);
  expect(await reached(NOW + 2)).toMatchObject([
    {
      grade: 'fault',
      found: `the signer one has put slot ${NOW + 2} on record, by this clock it is slot ${NOW}`,
    },
  ]);
});

it.each([false, true])(
  'warns of a standby that no commit waits for; with one that they wait for: %s',
  async (waits) => {
    const pair = await serverPair(waits);
    onTestFinished(pair.stop);
    const url = await migrated(await pair.primary.emptyDatabase());
    const found = bad(await look(url, signerPlace().dataDir));
    expect(found).toMatchObject(
      waits
        ? []
        : [
            {
              grade: 'warning',
              found: expect.stringContaining('1 standbys follow the server, and no commit waits') as string,
            },
          ],
    );
  },
);
