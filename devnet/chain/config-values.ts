import { fromHex } from '../../core/hex.ts';
import type { Rules } from './rules.ts';

/** `FAR_FUTURE_EPOCH` as the wire has it. */
const NEVER = '18446744073709551615';

/** Versions of the forks on a development chain; the last byte tells it from mainnet's. */
const FORK_VERSION_SUFFIX = '000042';
const GENESIS_FORKS = ['ALTAIR', 'BELLATRIX', 'CAPELLA', 'DENEB', 'ELECTRA'];

/** Of the forks by their number: 1 is Altair, 6 Fulu. */
const versionText = (number: number): string => `0x0${number}${FORK_VERSION_SUFFIX}`;
const version = (number: number): Uint8Array => fromHex(versionText(number), 'version', 4);

/** `fork` of a state, from the epoch of each on. */
export const ELECTRA_FORK = { previousVersion: version(4), currentVersion: version(5), epoch: 0 };
export const fuluFork = ({ FULU_FORK_EPOCH }: Rules) => ({
  ...{ previousVersion: version(5), currentVersion: version(6), epoch: FULU_FORK_EPOCH },
});

/** `/eth/v1/config/spec` of a simulated chain: preset and configuration by the names of the specs, as text. */
export function configValues(rules: Rules): Record<string, string> {
  const { presetBase, CONFIG_NAME, FULU_FORK_EPOCH, ...numbers } = rules;
  return {
    PRESET_BASE: presetBase,
    CONFIG_NAME,
    ...Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, value.toString()])),
    SECONDS_PER_SLOT: Math.max(1, Math.round(rules.SLOT_DURATION_MS / 1000)).toString(),
    GENESIS_FORK_VERSION: versionText(0),
    ...Object.fromEntries(GENESIS_FORKS.flatMap((name, at) => forkEntries(name, at + 1, 0))),
    ...Object.fromEntries(forkEntries('FULU', GENESIS_FORKS.length + 1, FULU_FORK_EPOCH)),
    ...OTHERS,
  };
}

function forkEntries(name: string, number: number, epoch: number): [string, string][] {
  return [
    [`${name}_FORK_VERSION`, versionText(number)],
    [`${name}_FORK_EPOCH`, epoch === Infinity ? NEVER : epoch.toString()],
  ];
}

/** Constants that clients look up though nothing here depends on them. */
const OTHERS = {
  DEPOSIT_CHAIN_ID: '1337',
  DEPOSIT_NETWORK_ID: '1337',
  DEPOSIT_CONTRACT_ADDRESS: '0x4242424242424242424242424242424242424242',
  GENESIS_DELAY: '0',
  MIN_GENESIS_TIME: '0',
  MIN_GENESIS_ACTIVE_VALIDATOR_COUNT: '1',
  PROPOSER_SCORE_BOOST: '40',
  TARGET_AGGREGATORS_PER_COMMITTEE: '16',
  TARGET_AGGREGATORS_PER_SYNC_SUBCOMMITTEE: '16',
  SYNC_COMMITTEE_SUBNET_COUNT: '4',
  ATTESTATION_SUBNET_COUNT: '64',
  DOMAIN_BEACON_PROPOSER: '0x00000000',
  DOMAIN_BEACON_ATTESTER: '0x01000000',
  DOMAIN_RANDAO: '0x02000000',
  DOMAIN_DEPOSIT: '0x03000000',
  DOMAIN_VOLUNTARY_EXIT: '0x04000000',
  DOMAIN_SELECTION_PROOF: '0x05000000',
  DOMAIN_AGGREGATE_AND_PROOF: '0x06000000',
  DOMAIN_SYNC_COMMITTEE: '0x07000000',
};
