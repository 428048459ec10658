import {
  cpSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { expect, inject, it, onTestFinished, vi } from 'vitest';
import { createProgram } from '../../cli/program.ts';
import { databasePath } from '../../signer/data-directory.ts';
import { verifyHistory, type HistoryRecord } from '../../slashing-db/index.ts';
import { takeInstanceLock } from '../../slashing-db/storage/sqlite/instance-lock.ts';
import { testNetwork } from '../e2e/support/test-network.ts';
import { emptyDatabase, queryAt } from '../support/postgres.ts';
import { attEntry, documentOf, keyEntry, METADATA } from '../support/interchange-text.ts';
import { KEY_A } from '../support/slashing-fixtures.ts';

/** Verbs as an operator types them, on one data directory and one database of a server. */
async function operator() {
  const { folder, flags, spec } = testNetwork();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const dataDir = join(folder, 'data');
  const database = await emptyDatabase(inject('postgresUrl'));
  /** @returns what it says on stdout */
  const run = async (url: string | null, ...args: string[]): Promise<string> => {
    let said = '';
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      said += String(text);
      return true;
    });
    try {
      const place = url === null ? [] : ['--slashing-db', url];
      const all = [...args, ...flags, '--data-dir', dataDir, ...place];
      const argv = ['node', 'vigil', ...all];
      await (await createProgram(argv)).parseAsync(argv);
      return said;
    } finally {
      write.mockRestore();
    }
  };
  const vigil = (...args: string[]) => run(database, ...args);
  const json = async (...args: string[]): Promise<unknown> => JSON.parse(await vigil(...args, '--json'));
  const file = join(folder, 'history.json');
  const history = documentOf(keyEntry(KEY_A, [], [attEntry(6, 7)]));
  writeFileSync(file, history.replace(METADATA.genesis_validators_root, spec.genesisValidatorsRoot));
  await vigil('slashing-db', 'migrate');
  return { run, vigil, json, folder, dataDir, database, file };
}

const signersOf = (status: unknown): string[] =>
  (status as { instances: { name: string }[] }).instances.map(({ name }) => name);

it('keeps the name that a signer was first known by, whatever its host is called later', async () => {
  const { vigil, json, dataDir, file } = await operator();
  const kept = join(dataDir, 'instance-name');
  await vigil('slashing-db', 'import', file);
  const [name = ''] = signersOf(await json('slashing-db', 'status'));
  expect(readFileSync(kept, 'utf8')).toBe(`${name}\n`);
  expect(statSync(kept).mode & 0o777).toBe(0o600);
  // As it would be on a host of another name: what is made up anew differs from what was kept.
  rmSync(`${dataDir}-anchor`, { recursive: true });
  writeFileSync(kept, 'harbour\n');
  for (let round = 0; round < 2; round += 1) await vigil('slashing-db', 'import', file);
  expect(signersOf(await json('slashing-db', 'status'))).toEqual(['harbour', name].sort());
  // With its anchor there, another name is refused.
  const renamed = vigil('slashing-db', 'accept-clock', '--yes', '--reason', 'a test', '--instance', 'pier');
  await expect(renamed).rejects.toMatchObject({ code: 'ANCHOR_OF_ANOTHER_SIGNER', exitCode: 3 });
  await expect(renamed).rejects.toThrow('is kept by the signer harbour of the same database');
  expect(readFileSync(kept, 'utf8')).toBe('harbour\n');
  writeFileSync(kept, 'no name\n');
  await expect(vigil('slashing-db', 'status')).rejects.toThrow('does not hold the name of a signer');
});

it('shows and writes out the history of all signers', async () => {
  const { vigil, json, folder, file } = await operator();
  const unfreeze = ['keys', 'unfreeze', '--all', '--reason', 'a test', '--instance', 'pier'];
  await vigil('slashing-db', 'import', file, '--instance', 'pier');
  await vigil('keys', 'freeze', '--all', '--reason', 'a test', '--instance', 'pier');
  await vigil(...unfreeze);
  const shown = (await json('audit', 'show')) as { signer: string; type: string; index: string }[];
  expect(shown.map(({ signer, type, index }) => `${signer} ${index} ${type}`)).toEqual([
    'pier 1 import-interchange',
    'pier 2 freeze',
    'pier 3 unfreeze',
  ]);
  const last = (await json('audit', 'show', '--type', 'freeze', '--last', '1')) as { type: string }[];
  expect(last.map(({ type }) => type)).toEqual(['freeze']);
  expect(await json('audit', 'show', '--key', KEY_A)).toEqual([]);
  expect(await vigil('audit', 'show')).toMatch(/^signer +record/);

  const out = join(folder, 'history.jsonl');
  expect(await json('audit', 'export', '--out', out)).toEqual({ records: 3, out });
  const [header, ...records] = readFileSync(out, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, string>);
  expect(header).toMatchObject({ vigil_history: 1, signer: 'pier', head: { index: '3' } });
  const { base, head } = header as unknown as Record<'base' | 'head', { index: string; hash: `0x${string}` }>;
  const end = (one: { index: string; hash: string }) => ({
    index: BigInt(one.index),
    hash: one.hash as never,
  });
  const chain = records.map((one): HistoryRecord => ({
    ...(one as unknown as HistoryRecord),
    index: BigInt(one['index']!),
    timeMs: BigInt(one['time_ms']!),
    slot: null,
    source: null,
    target: null,
    signingRoot: null,
  }));
  expect(verifyHistory(end(base), chain, end(head))).toMatchObject({ records: 3n, fault: null });
  await expect(vigil('audit', 'export', '--out', out)).rejects.toThrow('is there already');
});

it('leaves one row for all copies', async () => {
  const { run, vigil, json, database, file } = await operator();
  await vigil('slashing-db', 'import', file, '--instance', 'pier');
  const other = await emptyDatabase(inject('postgresUrl'));
  await run(other, 'slashing-db', 'migrate');
  for (let round = 0; round < 2; round += 1) {
    await vigil('slashing-db', 'copy', '--from', database, '--to', other);
  }
  const status = await run(other, 'slashing-db', 'status', '--json');
  expect(signersOf(JSON.parse(status))).toEqual(['(copy)']);
  expect(signersOf(await json('slashing-db', 'status'))).toEqual(['pier']);
});

it('moves a data directory to a server, and back', async () => {
  const { run, vigil, dataDir, database, file } = await operator();
  const path = databasePath(dataDir);
  const accept = ['slashing-db', 'accept-clock', '--yes', '--reason', 'a test'];
  const thaw = ['keys', 'unfreeze', '--all', '--reason', 'a test'];
  await run(null, 'slashing-db', 'import', file);
  await expect(vigil(...accept)).rejects.toMatchObject({ code: 'DB_SIGNER_UNKNOWN' });
  await run(null, 'slashing-db', 'copy', '--from', dataDir, '--to', database);
  await vigil(...accept);
  // What it did on the server is not in the file.
  await expect(run(null, ...accept)).rejects.toMatchObject({ code: 'DB_ROLLED_BACK' });
  await run(null, 'slashing-db', 'copy', '--from', database, '--to', dataDir);
  await run(null, ...thaw);
  await expect(vigil(...accept)).rejects.toMatchObject({ code: 'DB_SIGNER_UNKNOWN' });
  await run(null, 'slashing-db', 'copy', '--from', path, '--to', database);
  await vigil(...thaw);
});

it('copies nothing onto itself, however it is spelled', async () => {
  const { run, vigil, json, folder, dataDir, database, file } = await operator();
  await run(null, 'slashing-db', 'import', file);
  const path = databasePath(dataDir);
  const link = join(folder, 'link');
  symlinkSync(dataDir, link);
  const before = readFileSync(path);
  const other = database.replace('127.0.0.1', 'localhost');
  for (const [from, to] of [
    [dataDir, dataDir],
    [dataDir, path],
    [path, join(link, basename(path))],
    [database, database],
    [database, other],
  ]) {
    const copy = vigil('slashing-db', 'copy', '--from', from!, '--to', to!);
    await expect(copy).rejects.toMatchObject({ code: 'DB_COPY_ONTO_ITSELF', exitCode: 2 });
  }
  expect(readFileSync(path)).toEqual(before);
  expect(await json('slashing-db', 'status')).toMatchObject({ instances: [], protection: { frozen: null } });
});

it('copies no file that a signer left behind when it moved to a server', async () => {
  const { run, vigil, dataDir, database, folder } = await operator();
  const copy = (from: string) => run(database, 'slashing-db', 'copy', '--from', from, '--to', database);
  await vigil('slashing-db', 'copy', '--from', database, '--to', dataDir);
  await copy(dataDir);
  // As the first start over the server leaves it.
  writeFileSync(join(dataDir, 'instance-name'), 'harbour\n');
  await expect(copy(dataDir)).rejects.toMatchObject({ code: 'BAD_ARGUMENT', exitCode: 2 });
  rmSync(join(dataDir, 'instance-name'));
  writeFileSync(join(dataDir, 'vigil.yaml'), `slashing-db: ${database}\n`);
  await expect(copy(dataDir)).rejects.toThrow(`its vigil.yaml names ${database}`);
  await copy(join(dataDir, 'slashing-protection.sqlite'));
  expect(existsSync(join(folder, 'data', 'slashing-protection.sqlite'))).toBe(true);
});

it('copies a data directory only as a start would take it, and freezes it', async () => {
  const { run, vigil, json, dataDir, database, folder, file } = await operator();
  const source = join(folder, 'source');
  const further = join(folder, 'further');
  const [older, newest] = [join(folder, 'older'), join(folder, 'newest')];
  await run(null, 'slashing-db', 'import', file, '--anchor', further);
  cpSync(databasePath(dataDir), older);
  await run(null, 'slashing-db', 'import', file, '--anchor', further);
  cpSync(databasePath(dataDir), newest);
  // Another signer's than the one of these verbs, with settings of its own.
  for (const part of ['', '-anchor']) renameSync(`${dataDir}${part}`, `${source}${part}`);
  writeFileSync(join(source, 'vigil.yaml'), `anchor: ${further}\n`);
  cpSync(older, databasePath(source));
  // Either anchor knows it.
  for (const away of [further, `${source}-anchor`]) {
    renameSync(away, `${away}.away`);
    const copy = vigil('slashing-db', 'copy', '--from', source, '--to', database);
    await expect(copy).rejects.toMatchObject({ code: 'DB_ROLLED_BACK', exitCode: 3 });
    renameSync(`${away}.away`, away);
  }
  expect(await json('slashing-db', 'status')).toMatchObject({ instances: [] });
  const said = await vigil('slashing-db', 'copy', '--from', newest, '--to', database);
  expect(said).toContain('all keys are frozen there');
  expect(existsSync(`${folder}-anchor`)).toBe(false);
  const { rows } = await queryAt(database, 'SELECT floor_slot, frozen_reason FROM protection');
  expect(rows).toEqual([{ floor_slot: expect.any(String) as string, frozen_reason: null }]);
  await vigil('slashing-db', 'copy', '--from', database, '--to', dataDir);
  const back = await vigil('slashing-db', 'copy', '--from', dataDir, '--to', database);
  expect(back).toContain(`all keys are frozen at the destination too: DB_COPIED: copied to ${dataDir}`);
});

it('names the signer whose data directory is in use', async () => {
  const { vigil, dataDir, file } = await operator();
  await vigil('slashing-db', 'import', file, '--instance', 'pier');
  const lock = takeInstanceLock(databasePath(dataDir));
  onTestFinished(() => lock.release());
  await expect(vigil('slashing-db', 'import', file, '--instance', 'pier')).rejects.toThrow(
    `the signer pier of ${dataDir} is in use by process ${process.pid}`,
  );
});

it.each([
  ['keys', 'freeze', '--all', '--reason', 'a test'],
  ['keys', 'unfreeze', '--all', '--reason', 'a test'],
  ['keys', 'handover', KEY_A, '--out-epoch', '9', '--yes'],
  ['keys', 'override-floor', KEY_A, '--source-epoch', '9', '--yes', '--reason', 'a test'],
  ['keys', 'remove', KEY_A, '--yes'],
  ['slashing-db', 'accept-clock', '--yes', '--reason', 'a test'],
  ['slashing-db', 'accept-rollback', '--yes', '--reason', 'a test'],
])('makes no data directory of a slip of the finger, nor a signer: %s %s', async (...verb) => {
  const { vigil, json, dataDir } = await operator();
  rmSync(dataDir, { recursive: true });
  const refused = vigil(...verb);
  await expect(refused).rejects.toMatchObject({ code: 'NOT_INITIALISED' });
  await expect(refused).rejects.toThrow(dataDir);
  expect(existsSync(dataDir)).toBe(false);
  expect(signersOf(await json('slashing-db', 'status'))).toEqual([]);
});

it('says who else owes something when a rollback is accepted', async () => {
  const { vigil, database, dataDir, file } = await operator();
  for (const instance of ['quay', 'pier']) {
    rmSync(`${dataDir}-anchor`, { recursive: true, force: true });
    await vigil('slashing-db', 'import', file, '--instance', instance);
  }
  await queryAt(database, 'UPDATE instances SET sequence = sequence - 1');
  const asPier = (...verb: string[]) => vigil(...verb, '--yes', '--reason', 'a test', '--instance', 'pier');
  await expect(asPier('slashing-db', 'accept-clock')).rejects.toMatchObject({ code: 'DB_ROLLED_BACK' });
  const said = await asPier('slashing-db', 'accept-rollback');
  expect(said).toContain(
    'all keys stay frozen, for all signers, until vigil keys unfreeze --all: DB_ROLLED_BACK',
  );
  expect(said).toContain('start the other signers: quay.');
});

it('sends who wants a backup to the tools of the server', async () => {
  const { vigil, folder } = await operator();
  const refused = vigil('slashing-db', 'backup', '--to', join(folder, 'backups'));
  await expect(refused).rejects.toMatchObject({ code: 'BAD_ARGUMENT', exitCode: 2 });
  await expect(refused).rejects.toThrow('pg_dump');
  expect(existsSync(join(folder, 'backups'))).toBe(false);
});
