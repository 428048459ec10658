import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { epochOfSlot, forkAtEpoch, startSlotOfEpoch } from '../../../core/chain/chain-spec.ts';
import { chainSpecFromValues } from '../../../core/chain/config-values.ts';
import { loadChainSpec } from '../../../core/chain/load-chain-spec.ts';
import { computeDomain, computeSigningRoot } from '../../../core/chain/signing-root.ts';
import { SlotClock } from '../../../core/chain/slot-clock.ts';
import { fromHex, toHex } from '../../../core/hex.ts';
import { epoch, parseRoot, slot, ZERO_ROOT } from '../../../core/units.ts';

const GENESIS = {
  genesisTimeSeconds: 1_700_000_000n,
  genesisValidatorsRoot: parseRoot(`0x${'42'.repeat(32)}`, 'root'),
};
const folder = mkdtempSync(join(tmpdir(), 'vigil-chain-'));

function configFile(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** From the networks' own repositories (eth-clients/mainnet, sepolia, hoodi): what a typo here would cost is a key. */
test.each([
  [
    'mainnet',
    1606824023n,
    '0x4b363db94e286120d76eb905340fdd4e54bfe9f06bf33ff6cf5ad27f511bfe95',
    '0x00000000',
    364032n,
    '0x05000000',
  ],
  [
    'sepolia',
    1655733600n,
    '0xd8ea171f3c94aea21ebc42a1ed61052acf3f9209c00e4efbaaddac09ed9b8078',
    '0x90000069',
    222464n,
    '0x90000074',
  ],
  [
    'hoodi',
    1742213400n,
    '0x212f13fc4df078b6cb7db228f1c8307566dcecf900867401a92023d7ba99cb5f',
    '0x10000910',
    2048n,
    '0x60000910',
  ],
])('%s is built in', async (name, time, root, genesisVersion, electraEpoch, electraVersion) => {
  const spec = await loadChainSpec(name);
  expect(spec).toMatchObject({
    name,
    presetBase: 'mainnet',
    genesisTimeSeconds: time,
    genesisValidatorsRoot: root,
    slotsPerEpoch: 32n,
    slotDurationMs: 12_000,
  });
  expect(toHex(spec.forks[0]!.version)).toBe(genesisVersion);
  const electra = forkAtEpoch(spec, epoch(electraEpoch));
  expect([electra.name, toHex(electra.version)]).toEqual(['electra', electraVersion]);
  expect(forkAtEpoch(spec, epoch(electraEpoch - 1n)).name).toBe('deneb');
});

test('mainnet forks happen in order at the epochs of history', async () => {
  const spec = await loadChainSpec('mainnet');
  const epochs = Object.fromEntries(spec.forks.map((fork) => [fork.name, fork.epoch]));
  expect(epochs).toMatchObject({
    phase0: 0n,
    altair: 74240n,
    bellatrix: 144896n,
    capella: 194048n,
    deneb: 269568n,
    electra: 364032n,
  });
  expect(epochOfSlot(spec, slot(63n))).toBe(1n);
  expect(startSlotOfEpoch(spec, epoch(2n))).toBe(64n);
});

test('ephemery starts anew every week, so its genesis has to be named', async () => {
  await expect(loadChainSpec('ephemery')).rejects.toMatchObject({ code: 'CHAIN_SPEC_INCOMPLETE' });
  await expect(loadChainSpec('ephemery', { genesisTimeSeconds: 1n })).rejects.toMatchObject({
    code: 'CHAIN_SPEC_INCOMPLETE',
  });
  const spec = await loadChainSpec('ephemery', GENESIS);
  expect(spec).toMatchObject({ name: 'ephemery', ...GENESIS });
  expect(toHex(spec.forks[0]!.version)).toBe('0x1000101b');
});

test('genesis values may confirm a built-in network but not contradict it', async () => {
  const { genesisTimeSeconds, genesisValidatorsRoot } = await loadChainSpec('hoodi');
  await expect(loadChainSpec('hoodi', { genesisTimeSeconds, genesisValidatorsRoot })).resolves.toMatchObject({
    name: 'hoodi',
  });
  for (const wrong of [{ genesisTimeSeconds: 1n }, { genesisValidatorsRoot: ZERO_ROOT }]) {
    await expect(loadChainSpec('hoodi', wrong)).rejects.toMatchObject({ code: 'CHAIN_SPEC_INVALID' });
  }
});

test('a network of another preset cannot follow in the same process', async () => {
  await loadChainSpec('mainnet');
  await expect(loadChainSpec('gnosis')).rejects.toMatchObject({ code: 'PRESET_CONFLICT' });
});

test('config.yaml: unquoted hex keeps its width, forks that are not named are not scheduled', async () => {
  const path = configFile(
    'ok.yaml',
    'CONFIG_NAME: devnet\nSECONDS_PER_SLOT: 3\nGENESIS_FORK_VERSION: 0x00000001\nALTAIR_FORK_VERSION: "0x01000001"\nALTAIR_FORK_EPOCH: 7\n',
  );
  const spec = await loadChainSpec(path, GENESIS);
  expect(spec).toMatchObject({ name: 'devnet', presetBase: 'mainnet', slotDurationMs: 3000 });
  expect(spec.forks.map(({ name, version, epoch: at }) => [name, toHex(version), at])).toEqual([
    ['phase0', '0x00000001', 0n],
    ['altair', '0x01000001', 7n],
  ]);
});

test('the zero genesis validators root is a root like any other', async () => {
  const path = configFile('zero.yaml', 'SLOT_DURATION_MS: 12000\nGENESIS_FORK_VERSION: 0x00000000\n');
  const spec = await loadChainSpec(path, { genesisTimeSeconds: 0n, genesisValidatorsRoot: ZERO_ROOT });
  expect(spec.genesisValidatorsRoot).toBe(ZERO_ROOT);
});

test.each([
  ['PRESET_BASE: huge\nSECONDS_PER_SLOT: 12\nGENESIS_FORK_VERSION: 0x00000000\n', 'PRESET_BASE'],
  ['GENESIS_FORK_VERSION: 0x00000000\n', 'SECONDS_PER_SLOT'],
  ['SECONDS_PER_SLOT: 0\nGENESIS_FORK_VERSION: 0x00000000\n', 'not plausible'],
  ['SECONDS_PER_SLOT: twelve\nGENESIS_FORK_VERSION: 0x00000000\n', 'SECONDS_PER_SLOT'],
  ['SECONDS_PER_SLOT: 12\n', 'GENESIS_FORK_VERSION'],
  ['SECONDS_PER_SLOT: 12\nGENESIS_FORK_VERSION: 0x0000\n', 'GENESIS_FORK_VERSION'],
  ['SECONDS_PER_SLOT: 12\nGENESIS_FORK_VERSION: 0x00000000\nALTAIR_FORK_EPOCH: 5\n', 'ALTAIR_FORK_VERSION'],
  [
    'SECONDS_PER_SLOT: 12\nGENESIS_FORK_VERSION: 0x00000000\nALTAIR_FORK_VERSION: 0x01000000\nALTAIR_FORK_EPOCH: -1\n',
    'ALTAIR_FORK_EPOCH',
  ],
  [
    'SECONDS_PER_SLOT: 12\nGENESIS_FORK_VERSION: 0x00000000\nALTAIR_FORK_VERSION: 0x01000000\nALTAIR_FORK_EPOCH: 9\nBELLATRIX_FORK_VERSION: 0x02000000\nBELLATRIX_FORK_EPOCH: 8\n',
    'BELLATRIX_FORK_EPOCH',
  ],
  ['- a\n- b\n', 'mapping'],
  ['a: [\n', 'yaml'],
])('config.yaml %j is refused, naming %s', async (text, culprit) => {
  const path = configFile('bad.yaml', text);
  await expect(loadChainSpec(path, GENESIS)).rejects.toMatchObject({ code: 'CHAIN_SPEC_INVALID' });
  await expect(loadChainSpec(path, GENESIS)).rejects.toThrow(culprit);
});

test('a name that is neither network nor file is refused', async () => {
  await expect(loadChainSpec('mainet')).rejects.toMatchObject({ code: 'NETWORK_UNKNOWN' });
});

test('a custom network without genesis values says which are missing', async () => {
  const path = configFile('nogenesis.yaml', 'SECONDS_PER_SLOT: 12\nGENESIS_FORK_VERSION: 0x00000000\n');
  await expect(loadChainSpec(path)).rejects.toThrow('genesis validators root');
  await expect(loadChainSpec(path, { genesisValidatorsRoot: ZERO_ROOT })).rejects.toThrow('genesis time');
});

test('the clock counts slots from genesis and is 0 before it', () => {
  const spec = chainSpecFromValues({ SECONDS_PER_SLOT: '12', GENESIS_FORK_VERSION: '0x00000000' }, GENESIS);
  const at = (secondsAfterGenesis: number) =>
    new SlotClock(spec, () => 1_700_000_000_000 + secondsAfterGenesis * 1000);
  expect(at(-5000).currentSlot()).toBe(0n);
  expect(at(0).currentSlot()).toBe(0n);
  expect(at(11.999).currentSlot()).toBe(0n);
  expect(at(12).currentSlot()).toBe(1n);
  expect(at(12 * 65).currentEpoch()).toBe(2n);
});

test('the deposit domain of mainnet is the published one, and a signing root binds object and domain', () => {
  const domain = computeDomain(fromHex('0x03000000', 'type'), fromHex('0x00000000', 'version'), ZERO_ROOT);
  expect(toHex(domain)).toBe('0x03000000f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a9');
  const one = computeSigningRoot(new Uint8Array(32).fill(1), domain);
  expect(one).not.toBe(computeSigningRoot(new Uint8Array(32).fill(2), domain));
  expect(one).not.toBe(computeSigningRoot(new Uint8Array(32).fill(1), new Uint8Array(32)));
});
