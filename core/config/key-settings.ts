import type { SettingsTable } from './setting.ts';
import { oneOf, path } from './setting-values.ts';

/** Where keys come from. */
export interface KeySettings {
  readonly 'key-cache': 'off' | 'on';
  readonly 'key-sources': string | null;
  readonly 'watch-keys': 'off' | 'on';
  readonly 'commit-boost': 'off' | 'on';
  /** Null: `proxy-keys` in the data directory. */
  readonly 'proxy-keystores': string | null;
}

export const KEY_SETTINGS: SettingsTable<KeySettings> = {
  'key-cache': {
    summary:
      'on = keep opened keys sealed under their passwords, so that the next start is fast (docs/keys.md)',
    placeholder: 'off|on',
    fallback: 'on',
    parse: oneOf('off', 'on'),
  },
  'key-sources': {
    summary:
      "YAML file of places outside of the data directory that keys are read from: other clients' folders, vaults (docs/keys.md)",
    placeholder: 'FILE',
    fallback: null,
    parse: path,
  },
  'watch-keys': {
    summary:
      'on = keystores that come and go are noticed within seconds, in sub-folders of other clients within a minute; vaults and secret managers are asked at a reload only (vigil keys reload, POST /reload); off = all at a reload',
    placeholder: 'off|on',
    fallback: 'off',
    parse: oneOf('off', 'on'),
  },
  'commit-boost': {
    summary: "on = answer Commit-Boost's signer API under /signer/v1, behind the API token",
    placeholder: 'off|on',
    fallback: 'off',
    parse: oneOf('off', 'on'),
  },
  'proxy-keystores': {
    summary: 'folder of the proxy keys of Commit-Boost; without it proxy-keys in the data directory',
    placeholder: 'DIR',
    fallback: null,
    parse: path,
  },
};
