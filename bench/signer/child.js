import { join } from 'node:path';
import { GCProfiler } from 'node:v8';

/**
 * Child process: the signer as `vigil signer` starts it, out of the build in `argv[2]`, on the data directory `argv[3]`;
 * tells its ports, and when asked its memory, or what has become old in it since it was asked that before. `argv[4]` names a variant. In JavaScript, like the build: stripping types
 * would cost memory that the installed signer does not take.
 */
const [build = '', dataDir = '', variant = 'plain'] = process.argv.slice(2);
const load = (path) => import(join(build, path));

const { loadChainSpec } = await load('core/chain/load-chain-spec.js');
const spec = await loadChainSpec('mainnet', {});
const { SlotClock } = await load('core/chain/slot-clock.js');
const { createLogger } = await load('core/log/logger.js');
const { anchorPath, databasePath } = await load('signer/data-directory.js');
const { startSigner } = await load('signer/signer-daemon.js');

const entry = (name) => new URL(`./${name}.ts`, import.meta.url);
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
  log: createLogger('silent'),
  ...(variant === 'noop' ? { signing: { entry: entry('noop-thread') } } : {}),
  ...(variant === 'slow' || variant === 'one-by-one' ? { databaseThread: entry(`${variant}-thread`) } : {}),
});
await signer.loaded;
process.send({ port: signer.ports.http, metrics: signer.ports.metrics });
/** Watches only once it was asked: looking at every collection takes time. */
let profiler = null;
const usedByOld = ({ heapSpaceStatistics: spaces }) =>
  spaces.find(({ spaceName }) => spaceName === 'old_space').spaceUsedSize;
function promotedBytes() {
  const collections = profiler?.stop().statistics ?? [];
  profiler = new GCProfiler();
  profiler.start();
  return collections
    .filter(({ gcType }) => gcType === 'Scavenge')
    .reduce((sum, { beforeGC, afterGC }) => sum + usedByOld(afterGC) - usedByOld(beforeGC), 0);
}
const ANSWERS = {
  memory: () => ({ rssMb: process.memoryUsage().rss / 2 ** 20 }),
  promoted: () => ({ promotedBytes: promotedBytes() }),
};
process.on('message', (asked) => process.send(ANSWERS[asked]()));
process.on('disconnect', () => void signer.stop().then(() => process.exit()));
