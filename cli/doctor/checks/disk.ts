import { existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { anchorPath, databasePath } from '../../../signer/data-directory.ts';
import { assertLocal, fleetingFilesystem } from '../../../slashing-db/index.ts';
import { anchorPaths } from '../../database/guard-options.ts';
import { fault, good, note, warning, type Finding } from '../finding.ts';
import type { Check, Patient } from '../patient.ts';

const MIB = 2 ** 20;
const SCARCE_MIB = 2048;
const EMPTY_MIB = 200;
const SCARCE_FILES = 1000;

/** Whether the disks are of the right kind and have room, and whether one of them takes database and anchor with it. */
export const disk: Check = {
  name: 'disk',
  inspect: (patient) => {
    const { settings } = patient;
    const dataDir = settings['data-dir'];
    const monitorDb = settings['monitor-db'];
    const folders = [dataDir, ...(monitorDb === null ? [] : [dirname(monitorDb)])];
    const shared = settings['slashing-db'] !== null;
    return [
      ...kind(databasePath(dataDir)),
      ...folders.flatMap((folder) => room(folder)),
      ...(shared ? [] : apart(patient)),
    ];
  },
};

function kind(path: string): Finding[] {
  assertLocal(path);
  const fleeting = fleetingFilesystem(path);
  if (fleeting === null) return [];
  return [
    fault(
      `${path} is on ${fleeting}, which does not outlive the machine or the container`,
      'Put the data directory on a disk or a volume.',
    ),
  ];
}

function room(folder: string): Finding[] {
  const { bavail, bsize, ffree, files } = statfsSync(folder);
  return judgeRoom(folder, (bavail * bsize) / MIB, files === 0 ? null : ffree);
}

/** @param freeFiles null where the file system has no limit of its own */
export function judgeRoom(folder: string, freeMib: number, freeFiles: number | null): Finding[] {
  const free = `${folder} has ${Math.floor(freeMib)} MiB free`;
  const mend = 'Make room. When the disk is full nothing can be recorded, and nothing is signed.';
  const space =
    freeMib < EMPTY_MIB ? fault(free, mend) : freeMib < SCARCE_MIB ? warning(free, mend) : good(free);
  if (freeFiles === null || freeFiles >= SCARCE_FILES) return [space];
  return [
    space,
    warning(`${folder} has room for ${freeFiles} more files`, 'Remove small files, or use a larger disk.'),
  ];
}

/** An anchor tells when the database went back in time, unless it goes back with it. */
function apart({ settings }: Patient): Finding[] {
  const path = databasePath(settings['data-dir']);
  const folder = (file: string) => dirname(file);
  const device = (file: string): number | null =>
    existsSync(folder(file)) ? statSync(folder(file)).dev : null;
  const ours = device(path);
  const elsewhere = anchorPaths(settings).filter((anchor) => {
    const found = device(anchor);
    return found !== null && found !== ours;
  });
  if (elsewhere.length > 0)
    return [good(`an anchor is on another disk than the database: ${elsewhere[0] ?? ''}`)];
  return [
    note(
      `database and anchor (${anchorPath(settings['data-dir'])}) are on one disk: a snapshot of that disk that is put back takes both back, unseen`,
      'Name a further anchor on another disk: --anchor FILE.',
    ),
  ];
}
