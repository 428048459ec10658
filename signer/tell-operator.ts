import type { Logger } from '../core/log/logger.ts';
import { fleetingFilesystem, readHostIdentity } from '../slashing-db/index.ts';
import type { SignerOptions } from './signer-options.ts';

/*
 * What an operator should know of how a signer stands although it runs.
 */

/** A container without a volume starts every time with an empty past. */
export function warnOfFleetingDisk({ guard: { path }, log }: SignerOptions): void {
  const kind = fleetingFilesystem(path);
  if (kind === null) return;
  log.warn(
    { path, code: 'DATA_NOT_PERSISTENT', hint: 'Put the data directory on a disk or a volume.' },
    `the slashing database is on ${kind}: it may be gone after a restart`,
  );
}

/** Without it a copy of database and anchor on another host looks like this one after a boot. */
export function warnOfUnknownHost({ guard, log }: SignerOptions): void {
  const { host = readHostIdentity() } = guard;
  if (guard.shared) return;
  if (host.machineId !== null || process.platform !== 'linux') return;
  log.warn(
    {
      code: 'HOST_UNKNOWN',
      hint: 'Mount the /etc/machine-id of the host into the container; until then every boot puts a boot floor down.',
    },
    'this machine has no /etc/machine-id: a copy of the database on another machine could not be told from it',
  );
}

export function tellOfSilence(keys: number, { doppelgangerEpochs, log }: SignerOptions): void {
  if (keys === 0) return;
  log.warn(
    { keys, code: 'DOPPELGANGER_WATCH', hint: '--doppelganger-epochs 0 turns the watch off.' },
    `${keys} keys are silent for ${doppelgangerEpochs} epochs, while the beacon nodes are watched for a second signer`,
  );
}

const ANCHOR_HINT =
  'Make its folder writable for the signer; without an anchor a rollback goes unseen and every start puts a boot floor down.';

export function tellOfAnchorFailure(path: string, error: Error, log: Logger): void {
  log.error(
    { path, code: 'ANCHOR_FAILED', hint: ANCHOR_HINT },
    `the anchor cannot be kept: ${error.message}`,
  );
}

export function tellOfSignerAhead(why: string, log: Logger): void {
  log.warn(
    {
      code: 'SIGNER_AHEAD',
      hint: 'Compare the clocks of both machines. What is known of keys is signed on; floors wait until this clock is there, or until `vigil slashing-db accept-clock` says at a signer that its clock is right.',
    },
    why,
  );
}

/** Signatures are never dropped: they wait for their record. */
export function tellOfDroppedRefusals(count: number, log: Logger): void {
  log.warn(
    {
      count,
      code: 'REFUSALS_DROPPED',
      hint: 'The database took seconds over one commit while clients asked for what is refused: see who asks, and what keeps it busy.',
    },
    `${count} refusals are on no record: too many came while one commit was waited for`,
  );
}

/** A database on a server that is away stops all signatures, and nothing else: it is found again by itself. */
export function tellOfDatabase(away: string | null, log: Logger): void {
  if (away === null) {
    log.info('the slashing database is back');
    return;
  }
  log.error(
    {
      code: 'GUARD_UNAVAILABLE',
      hint: 'Nothing is signed until it is back, which this signer finds out by itself.',
    },
    away,
  );
}
