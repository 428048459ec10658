import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadChainSpec } from '../../../../core/chain/load-chain-spec.ts';
import { SlotClock } from '../../../../core/chain/slot-clock.ts';
import { parsePubkey, parseRoot } from '../../../../core/units.ts';
import { streamOf } from '../../../support/interchange-text.ts';
import { att, block } from '../../../support/slashing-fixtures.ts';
import { exportOf, openTestGuard, tempDatabase, verdict } from '../../../support/temp-guard.ts';

/** What other clients export, for two keys that signed the same wherever they were: see the folder's README. */
const FIXTURES = new URL('../../../fixtures/interchange-clients/', import.meta.url);
const CLIENTS = readdirSync(FIXTURES).filter((name) => name.endsWith('.json'));

const text = (name: string): string => readFileSync(new URL(name, FIXTURES), 'utf8');
const document = (name: string) =>
  JSON.parse(text(name)) as { data: { pubkey: string; signed_attestations: Record<string, string>[] }[] };
const [PROPOSER, VOTER] = document('lighthouse.json').data.map(({ pubkey }) => parsePubkey(pubkey, ''));
const LAST_BLOCK = 13_791_822n;
const LAST_VOTE = { source: 430_999n, target: 431_000n };

const spec = await loadChainSpec('mainnet', {});
const options = { spec, clock: new SlotClock(spec, Date.now) };

async function imported(name: string) {
  const guard = openTestGuard(tempDatabase(), options);
  const report = await guard.importInterchange(streamOf(text(name)));
  return { guard, report };
}

test('there is a file of every client', () => {
  const names = ['dirk', 'edited', 'lighthouse', 'lodestar', 'nimbus', 'prysm', 'teku', 'web3signer'];
  expect(CLIENTS.sort()).toEqual(names.map((name) => `${name}.json`));
});

describe.each(CLIENTS)('%s', (name) => {
  test('both keys start where they stood', async () => {
    const { guard, report } = await imported(name);
    expect(report).toMatchObject({ keys: 2, raised: 2, suspicious: 0 });
    expect(guard.statusOf(PROPOSER!)).toMatchObject({ block: { slot: LAST_BLOCK }, attestation: LAST_VOTE });
    const voter = guard.statusOf(VOTER!);
    expect(voter.attestation).toMatchObject(LAST_VOTE);
    // A key that never proposed: nothing is known, or that there was none after genesis.
    expect(voter.block?.slot ?? 0n).toBe(0n);
  });

  test('what they signed is not contradicted, what comes next is signed', async () => {
    const { guard } = await imported(name);
    for (const pubkey of [PROPOSER!, VOTER!]) await guard.admitKey(pubkey, false);
    const { source, target } = LAST_VOTE;
    expect(await verdict(guard, PROPOSER!, block(LAST_BLOCK, 99))).not.toBe('released');
    expect(await verdict(guard, PROPOSER!, block(LAST_BLOCK - 122n, 99))).not.toBe('released');
    expect(await verdict(guard, VOTER!, att(source, target, 99))).not.toBe('released');
    expect(await verdict(guard, VOTER!, att(source - 1n, target + 1n, 99))).toBe('SURROUND_VOTE');
    expect(await verdict(guard, VOTER!, att(source, target + 1n))).toBe('released');
    expect(await verdict(guard, PROPOSER!, block(LAST_BLOCK + 1n))).toBe('released');
    expect(await verdict(guard, VOTER!, block(LAST_BLOCK + 1n))).toBe('released');
  });

  test('importing it again, or what Vigil exports of it, changes nothing', async () => {
    const { guard } = await imported(name);
    const before = exportOf(guard);
    for (const again of [text(name), before]) {
      expect(await guard.importInterchange(streamOf(again))).toMatchObject({ raised: 0 });
      expect(exportOf(guard)).toBe(before);
    }
  });

  test('after every other client no key is lowered', async () => {
    for (const other of CLIENTS) {
      const { guard } = await imported(other);
      await guard.importInterchange(streamOf(text(name)));
      expect(guard.statusOf(PROPOSER!)).toMatchObject({
        block: { slot: LAST_BLOCK },
        attestation: LAST_VOTE,
      });
    }
  });

  test('is refused on another network', async () => {
    const other = { ...spec, genesisValidatorsRoot: parseRoot(`0x${'07'.repeat(32)}`, '') };
    const guard = openTestGuard(tempDatabase(), { ...options, spec: other });
    await expect(guard.importInterchange(streamOf(text(name)))).rejects.toMatchObject({
      code: 'INTERCHANGE_WRONG_NETWORK',
    });
    expect(guard.listKeys()).toEqual([]);
  });
});
