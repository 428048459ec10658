import { join } from 'node:path';
import type { Logger } from '../../core/log/logger.ts';
import { keyError } from '../key-errors.ts';
import { exposedPaths } from '../keystore/exposed-paths.ts';
import { laidOutBy } from './open-source.ts';
import { placesOf } from './source-places.ts';
import type { SourceConfig } from './sources-file.ts';

/** Whoever mends one mends all. */
const MOST_NAMED = 3;

/**
 * Files that keys of sources come out of, and further paths, that somebody else than their owner can get at. What other
 * tools wrote is taken as it is; that the keys are then no secret any more is for the operator to know.
 * @returns as {@link exposedPaths}
 */
export async function exposedFiles(
  configs: readonly SourceConfig[],
  further: readonly string[] = [],
): Promise<string[]> {
  const files = (await Promise.all(configs.map(filesOf))).flat();
  return exposedPaths([...further, ...files]);
}

/** Tells of them, and of the folders of keys in the data directory. Never throws. */
export async function tellOfExposedFiles(
  dataDir: string,
  configs: readonly SourceConfig[],
  log: Logger,
): Promise<void> {
  const own = ['keys', 'secrets'].map((name) => join(dataDir, name));
  const exposed = await exposedFiles(configs, own).catch(() => []);
  if (exposed.length === 0) return;
  const { code, hint } = keyError('KEY_FILE_EXPOSED');
  log.warn(
    { code, hint, files: exposed.length, paths: exposed.slice(0, MOST_NAMED) },
    'others than the owner can read or write what keys come from',
  );
}

async function filesOf(config: SourceConfig): Promise<string[]> {
  const laidOut = (await laidOutBy(config)?.().catch(() => [])) ?? [];
  const files = laidOut.flatMap(({ keystorePath, password }) =>
    'path' in password ? [keystorePath, password.path] : [keystorePath],
  );
  if (config.type === 'vault') return [config['token-file']];
  if (config.type === 'prysm') return [...placesOf([config]).paths];
  return files;
}
