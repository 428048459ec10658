import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import { SlotClock } from '../../core/chain/slot-clock.ts';
import type { Settings } from '../../core/config/settings.ts';
import { anchorPath, databasePath } from '../../signer/data-directory.ts';
import type { OpenGuardOptions } from '../../slashing-db/index.ts';
import { serverPlace } from './server-place.ts';

/**
 * How the slashing database is opened: the same for the daemon and for the verbs, because whoever opens it first
 * after something went wrong has to see it.
 */
export function guardOptions(
  settings: Settings,
  spec: ChainSpec,
): Omit<OpenGuardOptions, 'onMissingHistory'> {
  return {
    path: databasePath(settings['data-dir']),
    shared: serverPlace(settings),
    anchors: anchorPaths(settings),
    spec,
    clock: new SlotClock(spec, Date.now),
    bootFloor: settings['boot-floor'],
    toleranceSlots: settings['clock-tolerance'],
    historyMaxRecords: settings['history-max-records'],
    onAnchorFailure: (path, error) => {
      process.stderr.write(`warning: the anchor ${path} cannot be kept: ${error.message}\n`);
    },
  };
}

export const anchorPaths = (settings: Settings): string[] => [
  anchorPath(settings['data-dir']),
  ...settings.anchor,
];
