import type { OptionRule } from './becomes.ts';
import { NETWORK_AND_GUARD_OPTIONS } from './options/network-and-guard.ts';
import { KEY_OPTIONS } from './options/keys.ts';
import { SERVER_OPTIONS } from './options/server.ts';
import { TLS_OPTIONS } from './options/tls.ts';
import { VAULT_OPTIONS } from './options/vaults.ts';

/** Every option of Web3Signer and what becomes of it, under the name that its configuration file uses. */
export const OPTIONS: Readonly<Record<string, OptionRule>> = {
  ...SERVER_OPTIONS,
  ...TLS_OPTIONS,
  ...KEY_OPTIONS,
  ...NETWORK_AND_GUARD_OPTIONS,
  ...VAULT_OPTIONS,
};
