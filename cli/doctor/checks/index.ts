import type { Check } from '../patient.ts';
import { beaconNodes } from './beacon-nodes.ts';
import { clock } from './clock.ts';
import { configuration } from './configuration.ts';
import { database } from './database.ts';
import { disk } from './disk.ts';
import { fsync } from './fsync.ts';
import { kernel } from './kernel.ts';
import { keys } from './keys.ts';
import { memory } from './memory.ts';
import { monitor } from './monitor.ts';
import { processLimits } from './process-limits.ts';
import { runtime } from './runtime.ts';
import { secretFiles } from './secret-files.ts';
import { signer } from './signer.ts';

/** In the order in which one builds on the other. */
export const CHECKS: readonly Check[] = [
  ...[runtime, configuration, secretFiles, keys],
  ...[disk, fsync, memory, processLimits, kernel],
  ...[clock, beaconNodes, database, signer, monitor],
];
