import { isBuiltinNetwork } from '../../../../core/chain/builtin-networks.ts';
import { none, whenOn, type Becomes, type OptionContext, type OptionRule } from '../becomes.ts';
import { shellQuote } from '../shell-quote.ts';

const NO_SERVER = none('the slashing database is a file in the data directory, without a server');
const NO_PRUNING = none('the database keeps one line per key, so that nothing has to be pruned');
const FORKS: OptionRule = () => ({
  kind: 'by-hand',
  todo: 'put the fork epoch into a config.yaml and name that with --network, or give --beacon-node and no --network',
});

/** Options that change the fork schedule of a network. */
export const isForkOverride = (option: string): boolean => /^eth2\.Xnetwork-.+-fork-epoch$/.test(option);

/** The chain, and the slashing protection. */
export const NETWORK_AND_GUARD_OPTIONS: Readonly<Record<string, OptionRule>> = {
  'eth2.network': ({ values }, context) => networkRule(values.at(-1)?.trim() ?? '', context),
  'eth2.Xnetwork-altair-fork-epoch': FORKS,
  'eth2.Xnetwork-bellatrix-fork-epoch': FORKS,
  'eth2.Xnetwork-capella-fork-epoch': FORKS,
  'eth2.Xnetwork-deneb-fork-epoch': FORKS,
  'eth2.Xnetwork-electra-fork-epoch': FORKS,
  'eth2.Xnetwork-fulu-fork-epoch': FORKS,
  'eth2.Xtrusted-setup': none('no message that is signed needs the trusted setup'),
  'eth2.slashing-protection-enabled': whenOn(none('slashing protection is always on'), () => ({
    kind: 'by-hand',
    todo: 'Web3Signer kept no history: export it from the validator clients and give it here as --interchange',
  })),
  'eth2.slashing-protection-db-url': (_, { configFile }) => ({
    kind: 'by-hand',
    todo: `stop Web3Signer, then export its history: ${exportCommand(configFile)}; give the file here as --interchange`,
  }),
  'eth2.slashing-protection-db-username': NO_SERVER,
  'eth2.slashing-protection-db-password': NO_SERVER,
  'eth2.slashing-protection-db-pool-configuration-file': NO_SERVER,
  'eth2.slashing-protection-pruning-db-pool-configuration-file': NO_SERVER,
  'eth2.Xslashing-protection-db-connection-pool-enabled': NO_SERVER,
  'eth2.slashing-protection-db-health-check-timeout-milliseconds': NO_SERVER,
  'eth2.slashing-protection-db-health-check-interval-milliseconds': NO_SERVER,
  'eth2.slashing-protection-pruning-enabled': NO_PRUNING,
  'eth2.slashing-protection-pruning-epochs-to-keep': NO_PRUNING,
  'eth2.slashing-protection-pruning-slots-per-epoch': NO_PRUNING,
  'eth2.slashing-protection-pruning-interval': NO_PRUNING,
  'eth2.slashing-protection-pruning-at-boot-enabled': NO_PRUNING,
};

/** What makes Web3Signer write its history down. */
export function exportCommand(configFile: string | null): string {
  const config = configFile === null ? '' : ` --config-file ${shellQuote(configFile)}`;
  return `web3signer${config} eth2 export --to slashing-protection.json`;
}

/** A name, a file or a URL. Only a name that Vigil has too, or a file, can be taken over. */
function networkRule(network: string, { pathOf }: OptionContext): Becomes {
  const name = network.toLowerCase();
  if (isBuiltinNetwork(name)) return { kind: 'setting', setting: 'network', values: [name] };
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(network)) {
    return { kind: 'by-hand', todo: 'download its config.yaml and name that with --network' };
  }
  if (!/[/\\]|\.ya?ml$/i.test(network)) {
    return { kind: 'by-hand', todo: 'the network is not built in: name its config.yaml with --network' };
  }
  const remark = 'needs --genesis-validators-root and --genesis-time too, or --beacon-node';
  return { kind: 'setting', setting: 'network', values: [pathOf(network)], remark };
}
