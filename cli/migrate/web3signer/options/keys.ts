import { byHand, none, used, whenOn, type OptionRule } from '../becomes.ts';

/** Keys that lie in files, and the APIs that manage keys. */
export const KEY_OPTIONS: Readonly<Record<string, OptionRule>> = {
  'key-config-path': used('its key files are brought in, see below'),
  'key-store-config-file-max-size': used('it bounds the key files that are read'),
  'eth2.keystores-path': used('its keystores are brought in, see below'),
  'eth2.keystores-passwords-path': used('its passwords open the keystores'),
  'eth2.keystores-password-file': used('its password opens the keystores'),
  'eth2.key-manager-api-enabled': none(
    'the keymanager API is always on, behind the token in DATA_DIR/api-token.txt',
  ),
  'eth2.Xkey-manager-skip-keystore-storage': whenOn(
    byHand('keys that were only in memory are in no file: bring them in from where they came from'),
  ),
  'eth2.commit-boost-api-enabled': whenOn(() => ({
    kind: 'setting',
    setting: 'commit-boost',
    values: ['on'],
    remark: 'its modules have to send the token in DATA_DIR/api-token.txt, or one of the access-file',
  })),
  'eth2.proxy-keystores-path': byHand(
    'proxy keys are not carried over: have the Commit-Boost modules ask for new ones (POST /signer/v1/generate_proxy_key), which go to DATA_DIR/proxy-keys',
  ),
  'eth2.proxy-keystores-password-file': none(
    'the password of the proxy keys is made with the first of them, in DATA_DIR/proxy-password.txt',
  ),
  'eth2.Xsigning-ext-enabled': whenOn(
    byHand('proofs of validation (/ext/sign) are not signed: they have no domain'),
  ),
};
