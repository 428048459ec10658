import { dirname, join } from 'node:path';
import type { KeyPlaces } from '../keys/key-watch.ts';
import type { SourceConfig } from './sources-file.ts';

/** Where a change may mean other keys. Vaults and secret managers are no places: nobody is told of their changes. */
export function placesOf(configs: readonly SourceConfig[]): KeyPlaces {
  const places = configs.map(placesOfOne);
  return {
    paths: places.flatMap(({ paths }) => paths),
    parents: places.flatMap(({ parents }) => parents),
  };
}

function placesOfOne(config: SourceConfig): KeyPlaces {
  switch (config.type) {
    case 'lighthouse':
      return {
        paths: [join(config.path, 'validator_definitions.yml'), passwordsOf(config)],
        parents: [config.path],
      };
    case 'lodestar':
    case 'nimbus':
      return { paths: [passwordsOf(config)], parents: [config.path] };
    case 'teku':
      return {
        paths: [],
        parents: config.passwords === undefined ? [config.path] : [config.path, config.passwords],
      };
    case 'deposit-cli':
      return { paths: [config['password-file']], parents: [config.path] };
    case 'prysm': {
      const wallets = ['direct', 'derived'].map((kind) =>
        join(config.path, kind, 'accounts', 'all-accounts.keystore.json'),
      );
      return { paths: [config.path, ...wallets, config['password-file']], parents: [] };
    }
    case 'raw-hex':
      return { paths: [config.file], parents: [] };
    case 'vault':
    case 'aws':
    case 'gcp':
    case 'azure':
      return { paths: [], parents: [] };
  }
}

const passwordsOf = ({ path, passwords }: { path: string; passwords?: string | undefined }): string =>
  passwords ?? join(dirname(path), 'secrets');
