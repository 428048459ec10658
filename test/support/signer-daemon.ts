import { onTestFinished } from 'vitest';
import { SlotClock } from '../../core/chain/slot-clock.ts';
import { createLogger } from '../../core/log/logger.ts';
import { databasePath } from '../../signer/data-directory.ts';
import type { RunningSigner, SignerOptions } from '../../signer/signer-options.ts';
import { NETWORK } from './signer-network.ts';

// After the network, whose preset the SSZ types take when they are loaded.
const { startSigner } = await import('../../signer/signer-daemon.ts');

/** A whole daemon on free ports of this machine, under the real clock; stopped when the test ends. */
export async function startDaemon(
  dataDir: string,
  options: Partial<SignerOptions> = {},
): Promise<RunningSigner> {
  const signer = await startSigner({
    dataDir,
    spec: NETWORK,
    httpHost: '127.0.0.1',
    httpPort: 0,
    hostAllowlist: [],
    metricsHost: '127.0.0.1',
    metricsPort: 0,
    beaconNodes: [],
    guard: { path: databasePath(dataDir), spec: NETWORK, clock: new SlotClock(NETWORK, Date.now) },
    onMissingHistory: 'floor',
    doppelgangerEpochs: 0n,
    log: createLogger('silent'),
    ...options,
  });
  onTestFinished(() => signer.stop());
  await signer.loaded;
  return signer;
}
