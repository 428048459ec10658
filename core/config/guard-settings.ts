import type { SettingsTable } from './setting.ts';
import { between, databaseUrl, instanceName, listed, oneOf, path } from './setting-values.ts';

/** What the guard against slashing goes by, and where it keeps its records. */
export interface GuardSettings {
  readonly 'on-missing-history': 'floor' | 'refuse' | 'trust';
  /** Null: a file in the data directory. */
  readonly 'slashing-db': string | null;
  readonly 'slashing-db-password-file': string | null;
  /** Null: by host and data directory. */
  readonly 'instance': string | null;
  readonly 'anchor': readonly string[];
  readonly 'boot-floor': 'auto' | 'always' | 'never';
  readonly 'clock-tolerance': bigint;
  readonly 'history-max-records': bigint;
  readonly 'doppelganger-epochs': bigint;
}

export const GUARD_SETTINGS: SettingsTable<GuardSettings> = {
  'on-missing-history': {
    summary:
      'a key without history: floor = start at the current epoch, refuse = want an import, trust = start from zero',
    placeholder: 'floor|refuse|trust',
    fallback: 'floor',
    parse: oneOf('floor', 'refuse', 'trust'),
  },
  'slashing-db': {
    summary:
      'PostgreSQL database that several signers share (docs/high-availability.md); without it a file in the data directory',
    placeholder: 'URL',
    fallback: null,
    parse: databaseUrl,
  },
  'slashing-db-password-file': {
    summary: 'file with the password of slashing-db; without it PGPASSFILE is asked',
    placeholder: 'FILE',
    fallback: null,
    parse: path,
  },
  'instance': {
    summary:
      'name of this signer among those that share slashing-db; without it the one it had, at first made of host name and data directory',
    placeholder: 'NAME',
    fallback: null,
    parse: instanceName,
  },
  'anchor': {
    summary: 'further file that tells when the slashing database went back in time; may be repeated',
    placeholder: 'FILE',
    fallback: [],
    parse: (value) => listed(value).map(path),
    list: true,
  },
  'boot-floor': {
    summary: 'raise all keys to the present at start: auto = when history is in doubt, always, or never',
    placeholder: 'auto|always|never',
    fallback: 'auto',
    parse: oneOf('auto', 'always', 'never'),
  },
  'clock-tolerance': {
    summary: 'slots that a client may be ahead of the clock of the signer, at most 32',
    placeholder: 'SLOTS',
    fallback: 1n,
    parse: between(0n, 32n),
  },
  'history-max-records': {
    summary: 'records kept of what was signed and refused, about 200 bytes each; the oldest go first',
    placeholder: 'N',
    fallback: 5_000_000n,
    parse: between(1000n, 2n ** 63n - 1n),
  },
  'doppelganger-epochs': {
    summary:
      'epochs that keys are silent at start while beacon nodes watch for a second signer; 0 turns it off',
    placeholder: 'N',
    fallback: 2n,
    parse: between(0n, 16n),
  },
};
