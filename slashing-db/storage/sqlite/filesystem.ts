import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { slashingDbError } from '../../errors.ts';

/** Magic numbers of statfs(2): locks and fsync of these end at another machine, or in a daemon that may forget them. */
const REMOTE: Readonly<Record<number, string>> = {
  0x6969: 'NFS',
  0xff534d42: 'CIFS',
  0xfe534d42: 'SMB2',
  0x517b: 'SMB',
  0x01021997: '9P',
  0x5346414f: 'AFS',
  0x00c36400: 'Ceph',
  0x47504653: 'GPFS',
  0x0bd00bd0: 'Lustre',
  0x7461636f: 'OCFS2',
  0x01161970: 'GFS2',
  0x786f4256: 'a VirtualBox shared folder',
  0x65735546: 'FUSE',
};

const FLEETING: Readonly<Record<number, string>> = {
  0x01021994: 'tmpfs',
  0x858458f6: 'ramfs',
  0x794c7630: 'overlay',
};

/** @throws DB_ON_NETWORK naming the kind of file system */
export function assertLocal(path: string, typeOf: (path: string) => number = filesystemType): void {
  const remote = REMOTE[typeOf(dirname(path))];
  if (remote !== undefined) throw slashingDbError('DB_ON_NETWORK', `${path} is on ${remote}`);
}

/** The kind of a file system that does not outlive the machine or the container, or null. */
export function fleetingFilesystem(
  path: string,
  typeOf: (path: string) => number = filesystemType,
): string | null {
  return FLEETING[typeOf(dirname(path))] ?? null;
}

/** 0 where the system does not tell. */
function filesystemType(directory: string): number {
  try {
    return statfsSync(directory).type >>> 0;
  } catch {
    return 0;
  }
}
