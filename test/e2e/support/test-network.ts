import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chainSpecFromValues } from '../../../core/chain/config-values.ts';
import type { ChainSpec } from '../../../core/chain/chain-spec.ts';
import { parseRoot } from '../../../core/units.ts';

const CONFIG = {
  PRESET_BASE: 'minimal',
  CONFIG_NAME: 'vigil-test',
  SECONDS_PER_SLOT: '6',
  GENESIS_FORK_VERSION: '0x00000001',
  ALTAIR_FORK_VERSION: '0x01000001',
  ALTAIR_FORK_EPOCH: '0',
  BELLATRIX_FORK_VERSION: '0x02000001',
  BELLATRIX_FORK_EPOCH: '0',
  CAPELLA_FORK_VERSION: '0x03000001',
  CAPELLA_FORK_EPOCH: '0',
  DENEB_FORK_VERSION: '0x04000001',
  DENEB_FORK_EPOCH: '0',
  ELECTRA_FORK_VERSION: '0x05000001',
  ELECTRA_FORK_EPOCH: '0',
};

export interface TestNetwork {
  readonly spec: ChainSpec;
  /** A fresh folder for other files, and in it `data`, an empty data directory. */
  readonly folder: string;
  /** `--network`, `--genesis-validators-root` and `--genesis-time`. */
  readonly flags: readonly string[];
}

/** A custom network of the minimal preset that is already a million epochs old, and a temporary folder. */
export function testNetwork(genesisValidatorsRoot = `0x${'42'.repeat(32)}`): TestNetwork {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-e2e-'));
  mkdirSync(join(folder, 'data'), { mode: 0o700 });
  const path = join(folder, 'config.yaml');
  writeFileSync(
    path,
    Object.entries(CONFIG)
      .map(([key, value]) => `${key}: ${value}\n`)
      .join(''),
  );
  const genesisTimeSeconds = BigInt(Math.floor(Date.now() / 1000)) - 48_000_000n;
  const root = parseRoot(genesisValidatorsRoot, 'root');
  return {
    spec: chainSpecFromValues(CONFIG, { genesisTimeSeconds, genesisValidatorsRoot: root }),
    folder,
    flags: [
      '--network',
      path,
      '--genesis-validators-root',
      root,
      '--genesis-time',
      genesisTimeSeconds.toString(),
    ],
  };
}
