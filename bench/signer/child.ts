import { mkdirSync } from 'node:fs';
import { loadChainSpec } from '../../core/chain/load-chain-spec.ts';
import { createLogger } from '../../core/log/logger.ts';
import { anchorPath, databasePath } from '../../signer/data-directory.ts';

/** Child process: the signer as `vigil signer` starts it, on the data directory `argv[2]`; tells its port. */
const [dataDir = '', signing = 'bls'] = process.argv.slice(2);
const spec = await loadChainSpec('mainnet', {});
const { startSigner } = await import('../../signer/signer-daemon.ts');
const { SlotClock } = await import('../../core/chain/slot-clock.ts');
mkdirSync(dataDir, { recursive: true });
const signer = await startSigner({
  dataDir,
  spec,
  httpHost: '127.0.0.1',
  httpPort: 0,
  hostAllowlist: [],
  metricsHost: '127.0.0.1',
  metricsPort: 0,
  beaconNodes: [],
  guard: {
    path: databasePath(dataDir),
    anchors: [anchorPath(dataDir)],
    spec,
    clock: new SlotClock(spec, Date.now),
  },
  onMissingHistory: 'trust',
  doppelgangerEpochs: 0n,
  log: createLogger('error'),
  ...(signing === 'noop' ? { signing: { entry: new URL('./noop-thread.ts', import.meta.url) } } : {}),
});
process.send?.({ port: signer.ports.http });
process.on('message', () => process.send?.({ rss: process.memoryUsage().rss, cpu: process.cpuUsage() }));
process.on('disconnect', () => void signer.stop().then(() => process.exit()));
