import { byHand, none, used, whenOn, type OptionRule } from '../becomes.ts';

const PROXY = byHand('proxy keys are not carried over: have the Commit-Boost modules ask for new ones');

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
  'eth2.commit-boost-api-enabled': whenOn(PROXY),
  'eth2.proxy-keystores-path': PROXY,
  'eth2.proxy-keystores-password-file': none('belongs to proxy-keystores-path'),
  'eth2.Xsigning-ext-enabled': whenOn(
    byHand('proofs of validation (/ext/sign) are not signed: they have no domain'),
  ),
};
