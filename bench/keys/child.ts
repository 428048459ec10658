import { SlotClock } from '../../core/chain/slot-clock.ts';
import { loadChainSpec } from '../../core/chain/load-chain-spec.ts';
import { createLogger } from '../../core/log/logger.ts';
import { anchorPath, databasePath } from '../../signer/data-directory.ts';

/**
 * One start of the signer on the data directory `argv[2]`, until every key signs. Prints one JSON object: seconds from the
 * start of the signer, seconds until it listens, peak memory, how many keystores had to be opened one by one.
 */
const [dataDir = ''] = process.argv.slice(2);
const spec = await loadChainSpec('mainnet', {});
const { startSigner } = await import('../../signer/signer-daemon.ts');
const baseMb = process.resourceUsage().maxRSS / 1024;
const local = { httpHost: '127.0.0.1', httpPort: 0, metricsHost: '127.0.0.1', metricsPort: 0 };
const since = performance.now();
const passed = (): number => (performance.now() - since) / 1000;
let opened = 0;
const signer = await startSigner({
  ...local,
  dataDir,
  spec,
  hostAllowlist: [],
  beaconNodes: [],
  guard: {
    path: databasePath(dataDir),
    anchors: [anchorPath(dataDir)],
    spec,
    clock: new SlotClock(spec, Date.now),
  },
  onMissingHistory: 'trust',
  doppelgangerEpochs: 0n,
  keyCache: true,
  onKeyProgress: (_done, _total, cold) => (opened = cold),
  log: createLogger('warn'),
});
const listening = passed();
const { loaded, failed } = await signer.loaded;
const seconds = passed();
const rssMb = process.resourceUsage().maxRSS / 1024;
process.stdout.write(`${JSON.stringify({ seconds, listening, loaded, failed, opened, rssMb, baseMb })}\n`);
await signer.stop();
