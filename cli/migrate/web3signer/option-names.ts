import { OPTIONS } from './options.ts';

/** Names under which an option goes as well. */
const ALIASES: Readonly<Record<string, string>> = {
  'key-store-path': 'key-config-path',
  'metrics-categories': 'metrics-category',
  'eth2.enable-key-manager-api': 'eth2.key-manager-api-enabled',
};

/** Of the execution layer's mode and of the one-off verbs of `eth2`: no setting of a running validator signer. */
const OTHER_VERBS = /^(eth1|eth2\.(export|import|watermark-repair))\../;

/** Every name that can be written out, aliases included. */
export const OPTION_NAMES: readonly string[] = [...Object.keys(OPTIONS), ...Object.keys(ALIASES)];

/** The one name of an option, null for what is none of Web3Signer's. */
export function canonicalName(written: string): string | null {
  const name = Object.hasOwn(ALIASES, written) ? (ALIASES[written] ?? written) : written;
  return Object.hasOwn(OPTIONS, name) || OTHER_VERBS.test(name) ? name : null;
}
