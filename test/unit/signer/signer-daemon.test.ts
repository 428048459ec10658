import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { SlotClock } from '../../../core/chain/slot-clock.ts';
import { databasePath } from '../../../signer/data-directory.ts';
import type { RunningSigner, SignerOptions } from '../../../signer/signer-options.ts';
import type { OnMissingHistory } from '../../../slashing-db/index.ts';
import { startBeaconNode } from '../../support/signer-beacon-node.ts';
import { voluntaryExit } from '../../support/signer-bodies.ts';
import { json, sign } from '../../support/signer-client.ts';
import { startDaemon } from '../../support/signer-daemon.ts';
import { startSignerFixture } from '../../support/signer-fixture.ts';
import { NETWORK } from '../../support/signer-network.ts';

interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly code?: string;
  readonly keys?: number;
  readonly hint?: string;
}

/** A data directory with keys and, unless it is wanted, no database. */
async function dataDirectory({ keys, database = false }: { keys: number; database?: boolean }) {
  const made = await startSignerFixture({ keys });
  await made.close();
  if (!database) await removeDatabase(made.dataDir);
  return made;
}

async function removeDatabase(dataDir: string): Promise<void> {
  for (const end of ['', '-wal', '-shm']) await rm(`${databasePath(dataDir)}${end}`, { force: true });
}

async function start(
  dataDir: string,
  options: Partial<SignerOptions> = {},
): Promise<{ signer: RunningSigner; warnings: LogLine[] }> {
  const lines: LogLine[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line) as LogLine) });
  const signer = await startDaemon(dataDir, { log, ...options });
  return { signer, warnings: lines.filter(({ code }) => code === 'NEW_DATABASE_FOR_OLD_KEYS') };
}

const WARN = 40;
const ERROR = 50;

describe('keys that are older than the slashing database', () => {
  it.each<[OnMissingHistory, number, RegExp]>([
    ['floor', WARN, /before the next epoch/],
    ['refuse', WARN, /before their history is imported/],
    ['trust', ERROR, /can be slashed/],
  ])('are warned of once, with what %s does about them', async (onMissingHistory, level, consequence) => {
    const { dataDir } = await dataDirectory({ keys: 2 });
    const { warnings } = await start(dataDir, { onMissingHistory });
    expect(warnings).toMatchObject([{ level, keys: 2 }]);
    expect(warnings[0]!.msg).toMatch(consequence);
    expect(warnings[0]!.msg).toContain(`on-missing-history is ${onMissingHistory}`);
    expect(warnings[0]!.hint).toContain('vigil slashing-db import');
  });

  it('count also when none of them can be opened', async () => {
    const { dataDir, pubkey } = await dataDirectory({ keys: 1 });
    await writeFile(join(dataDir, 'keys', `${pubkey}.json`), '{}');
    expect((await start(dataDir)).warnings).toMatchObject([{ keys: 1 }]);
  });

  it('are no longer news at the second start', async () => {
    const { dataDir } = await dataDirectory({ keys: 1 });
    const first = await start(dataDir);
    await first.signer.stop();
    expect((await start(dataDir)).warnings).toEqual([]);
  });

  it('are not those that the database knows, nor is an empty data directory one with keys', async () => {
    const known = await dataDirectory({ keys: 1, database: true });
    const empty = await dataDirectory({ keys: 0 });
    for (const { dataDir } of [known, empty]) expect((await start(dataDir)).warnings).toEqual([]);
  });
});

describe('a start that is cut short', () => {
  it('throws the reason of the signal and leaves nothing open', async () => {
    const { dataDir, pubkey } = await dataDirectory({ keys: 1, database: true });
    const controller = new AbortController();
    const lines: string[] = [];
    const log = pino({ level: 'info' }, { write: (line: string) => lines.push(line) });
    controller.abort();
    const started = start(dataDir, { log, signal: controller.signal });
    await expect(started).rejects.toBe(controller.signal.reason);
    expect(lines.join('')).not.toMatch(/opening keystores|listening/);
    expect(existsSync(join(dataDir, 'vigil.ports'))).toBe(false);
    // A database that is still open would refuse a second signer.
    const { signer } = await start(dataDir);
    const keys: unknown = await (
      await fetch(`http://127.0.0.1:${signer.ports.http}/api/v1/eth2/publicKeys`)
    ).json();
    expect(keys).toEqual([pubkey]);
  });
});

describe('the policy of a daemon', () => {
  const ask = async ({ ports }: RunningSigner, pubkey: string) => {
    const body = voluntaryExit(55n);
    const answer = json(await sign({ url: `http://127.0.0.1:${ports.http}`, pubkey }, body));
    return answer['code'] ?? 'signed';
  };

  it('is read from its file, again on reload, and kept while the file is broken', async () => {
    const { dataDir, pubkey } = await dataDirectory({ keys: 1, database: true });
    const file = join(dataDir, 'policy.yaml');
    await writeFile(file, 'allow: [VOLUNTARY_EXIT]');
    const { signer } = await start(dataDir, { policy: { file, allow: [] } });
    expect(await ask(signer, pubkey)).toBe('signed');
    await writeFile(file, 'allow: []');
    await signer.reload();
    expect(await ask(signer, pubkey)).toBe('POLICY_TYPE_NOT_ALLOWED');
    await writeFile(file, 'allow: [VOLUNTARY_EXIT');
    await signer.reload();
    expect(await ask(signer, pubkey)).toBe('POLICY_TYPE_NOT_ALLOWED');
  });

  it('allows nothing that has to be allowed when there is none', async () => {
    const { dataDir, pubkey } = await dataDirectory({ keys: 1, database: true });
    const { signer } = await start(dataDir);
    expect(await ask(signer, pubkey)).toBe('POLICY_TYPE_NOT_ALLOWED');
  });

  it('must be readable at the start, which leaves nothing open otherwise', async () => {
    const { dataDir } = await dataDirectory({ keys: 1, database: true });
    const policy = { file: join(dataDir, 'none.yaml'), allow: [] };
    await expect(start(dataDir, { policy })).rejects.toMatchObject({ code: 'POLICY_FILE_INVALID' });
    await start(dataDir);
  });

  it('knows the validator index of its keys from the beacon node', async () => {
    const { dataDir, pubkey } = await dataDirectory({ keys: 1, database: true });
    const node = await startBeaconNode();
    const clock = new SlotClock(NETWORK, Date.now);
    node.setClock(clock.currentSlot());
    node.answer('/eth/v1/beacon/genesis', {
      data: {
        genesis_time: NETWORK.genesisTimeSeconds.toString(),
        genesis_validators_root: NETWORK.genesisValidatorsRoot,
        genesis_fork_version: '0x000000f0',
      },
    });
    node.answer('/eth/v1/beacon/states/head/validators', {
      data: [
        {
          index: '4',
          balance: '0',
          status: 'pending_queued',
          validator: { pubkey, slashed: false, effective_balance: '0' },
        },
      ],
      finalized: false,
    });
    const { signer } = await start(dataDir, {
      beaconNodes: [node.url],
      policy: { file: null, allow: ['VOLUNTARY_EXIT'] },
    });
    expect(await ask(signer, pubkey)).toBe('POLICY_VALIDATOR_INDEX');
  });
});
