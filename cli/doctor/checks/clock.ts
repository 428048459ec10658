import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { BeaconNode } from '../../../beacon/beacon-node.ts';
import { SlotClock } from '../../../core/chain/slot-clock.ts';
import { databasePath } from '../../../signer/data-directory.ts';
import { readDatabaseStatus } from '../../../slashing-db/index.ts';
import { fault, good, note, warning, type Finding } from '../finding.ts';
import type { Check, Patient } from '../patient.ts';

const run = promisify(execFile);
const MEND = 'Start time synchronisation: chrony or systemd-timesyncd.';

/** Whether the clock is right: kept in step, in agreement with beacon nodes, and not behind what was signed. */
export const clock: Check = {
  name: 'clock',
  inspect: async (patient) => [
    await synchronised(),
    ...(await agreement(patient)),
    ...behindDatabase(patient),
  ],
};

async function synchronised(): Promise<Finding> {
  try {
    const { stdout } = await run('timedatectl', ['show', '--property=NTPSynchronized', '--value'], {
      timeout: 5000,
    });
    if (stdout.trim() === 'yes') return good('the clock is kept in step');
    if (stdout.trim() === 'no') return warning('the clock is not kept in step', MEND);
  } catch {
    // Not a machine of systemd, or nobody to ask.
  }
  return note('it cannot be told whether the clock is kept in step', MEND);
}

async function agreement({ settings, spec, nowMs }: Patient): Promise<Finding[]> {
  if (spec === null) return [];
  const ours = new SlotClock(spec, nowMs);
  const findings: Finding[] = [];
  for (const url of settings['beacon-node']) {
    const node = new BeaconNode(url);
    // Whether it answers is looked at elsewhere.
    const status = await node.syncing().catch(() => null);
    if (status !== null) findings.push(compared(node.name, status.currentSlot, ours.currentSlot()));
  }
  return findings;
}

/** The next slot may begin between the two looks. */
export function compared(name: string, theirs: bigint, ours: bigint): Finding {
  const ahead = theirs - ours;
  if (ahead >= -1n && ahead <= 1n) return good(`${name} is at the same slot, ${theirs.toString()}`);
  return fault(
    `${name} is at slot ${theirs.toString()} by its clock, this machine is at ${ours.toString()}`,
    'Compare both clocks with a third (chronyc tracking). Nothing slashable is signed while they differ.',
  );
}

/** Null for a database that cannot be read, which is told of where it is looked over. */
function latestSlotOf(path: string): bigint | null {
  try {
    return readDatabaseStatus(path).latestSlot;
  } catch {
    return null;
  }
}

/** A file that was left for a server says nothing any more; what the server says is told of where that is looked over. */
function behindDatabase({ settings, spec, nowMs }: Patient): Finding[] {
  if (settings['slashing-db'] !== null) return [];
  const path = databasePath(settings['data-dir']);
  if (spec === null || !existsSync(path)) return [];
  const latestSlot = latestSlotOf(path);
  if (latestSlot === null) return [];
  const now = new SlotClock(spec, nowMs).currentSlot();
  if (latestSlot <= now + 1n) return [];
  return [
    fault(
      `the slashing database was used in slot ${latestSlot.toString()} already, by this clock it is slot ${now.toString()}`,
      'Set the clock right; if an earlier one was wrong: `vigil slashing-db accept-clock`.',
    ),
  ];
}
