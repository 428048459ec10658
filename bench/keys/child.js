import { join } from 'node:path';

/**
 * One start of the signer out of the build in `argv[2]`, on the data directory `argv[3]`, until every key signs. Prints one
 * JSON object: seconds from the start of the signer, seconds until it listens, seconds of processor time, peak memory, how
 * many keystores had to be opened one by one. In JavaScript, like the build: stripping types would cost time and memory
 * that the installed signer does not take.
 */
const [build = '', dataDir = ''] = process.argv.slice(2);
const load = (path) => import(join(build, path));

const { loadChainSpec } = await load('core/chain/load-chain-spec.js');
const spec = await loadChainSpec('mainnet', {});
const { SlotClock } = await load('core/chain/slot-clock.js');
const { createLogger } = await load('core/log/logger.js');
const { anchorPath, databasePath } = await load('signer/data-directory.js');
const { startSigner } = await load('signer/signer-daemon.js');

const before = process.cpuUsage();
const since = process.hrtime.bigint();
const passed = () => Number(process.hrtime.bigint() - since) / 1e9;
let opened = 0;
const local = { httpHost: '127.0.0.1', httpPort: 0, metricsHost: '127.0.0.1', metricsPort: 0 };
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
    clock: new SlotClock(spec, () => new Date().getTime()),
  },
  onMissingHistory: 'trust',
  doppelgangerEpochs: 0n,
  keyCache: true,
  onKeyProgress: (_done, _total, cold) => (opened = cold),
  log: createLogger('silent'),
});
const listening = passed();
const { loaded, failed } = await signer.loaded;
const seconds = passed();
const { user, system } = process.cpuUsage(before);
const rssMb = process.resourceUsage().maxRSS / 1024;
const result = { seconds, listening, cpuSeconds: (user + system) / 1e6, loaded, failed, opened, rssMb };
process.stdout.write(`${JSON.stringify(result)}\n`);
await signer.stop();
