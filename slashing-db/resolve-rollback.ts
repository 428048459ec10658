import { existsSync } from 'node:fs';
import { takeInstanceLock } from './storage/sqlite/instance-lock.ts';
import { higher, NOTHING_KNOWN, raiseHighest } from './anchor/highest-known.ts';
import { readHostIdentity } from './anchor/host-identity.ts';
import type { EvidenceVerdict } from './anchor/judge-evidence.ts';
import { highestRemembered, readable, remembersAll, type FoundAnchor } from './anchor/read-anchors.ts';
import { bootFloorAt, type Floor } from './boot-floor.ts';
import { slashingDbError } from './errors.ts';
import type { Act, ImportOptions, ImportReport } from './guard-contract.ts';
import { readInterchange } from './interchange/read-interchange.ts';
import { floorDue, openStorage, type OpenGuardOptions } from './open-guard.ts';
import { DEFAULT_TOLERANCE_SLOTS } from './rules/check-time.ts';
import { SlashingGuard } from './slashing-guard.ts';
import type { Watermarks } from './watermark.ts';

/** What an act on a database that may have gone back found, and the floor it left. */
export interface Resolution {
  /** Null: nothing stood against the database. */
  readonly found: string | null;
  readonly floor: Floor | null;
}

/**
 * The first way out of a rollback: go on without what was lost, above the boot floor of now and above all that the
 * anchors remember. What was decided about keys since (deletions, freezes, hand-overs) is lost too.
 * @throws what `openGuard` throws, but for DB_ROLLED_BACK and DB_FROM_ANOTHER_MACHINE
 */
export async function acceptRollback(options: OpenGuardOptions, { by, reason }: Act): Promise<Resolution> {
  // The debt is durable with the opening: whoever comes after a crash in between pays it.
  const { storage, verdict, anchors } = openStorage(
    options,
    (found) => obstacle(found) ?? 'accepted by the operator',
  );
  const guard = new SlashingGuard(storage, options);
  try {
    const found = obstacle(verdict);
    const floor = higher(presentFloor(options), highestRemembered(anchors));
    const words = `${found ?? 'nothing was found'}; ${reason}`;
    return { found, floor: await guard.operator.acceptHistory(floor, { by, reason: words }) };
  } finally {
    await guard.close();
  }
}

/**
 * Imports an interchange file into a database that nobody has open; and if that has gone back, the file is the
 * second way out. It must reach what the anchors remember. Then all keys are raised to that, so that it is safe
 * even if the file lacks a key: nothing was ever let out above it. Where the anchors may not remember all, it is the
 * boot floor of now.
 * @throws ROLLBACK_IMPORT_TOO_OLD, INTERCHANGE_*, and what `openGuard` throws; then nothing was changed
 */
export async function importInterchangeFile(
  options: OpenGuardOptions,
  source: AsyncIterable<Uint8Array>,
  importOptions: ImportOptions & { readonly by: string },
): Promise<ImportReport & Resolution> {
  const { path, spec, clock, bootFloor = 'auto' } = options;
  // Whoever imports a large file beside a running signer learns it before the file is read.
  if (existsSync(path)) takeInstanceLock(path).release();
  const content = await readInterchange(source, { ...importOptions, spec, clock });
  const { storage, verdict, anchors } = openStorage(options, (found, remembered) => {
    if (found.kind === 'rolled-back') assertReaches(content.histories.values(), remembered);
    return obstacle(found) ?? floorDue(found, bootFloor);
  });
  const found = obstacle(verdict);
  const floor = found === null ? null : floorAfterImport(options, verdict, anchors);
  const guard = new SlashingGuard(storage, options);
  try {
    const report = await guard.mergeContent(content);
    if (floor === null) return { ...report, found, floor };
    const act = { by: importOptions.by, reason: `${found}; a newer interchange file was imported` };
    return { ...report, found, floor: await guard.operator.acceptHistory(floor, act) };
  } finally {
    await guard.close();
  }
}

function floorAfterImport(
  options: OpenGuardOptions,
  verdict: EvidenceVerdict,
  anchors: readonly FoundAnchor[],
): Floor {
  const { bootId } = options.host ?? readHostIdentity();
  const remembered = highestRemembered(anchors);
  const exact = verdict.kind === 'rolled-back' && remembersAll(anchors, bootId);
  return exact ? remembered : higher(remembered, presentFloor(options));
}

function obstacle(verdict: EvidenceVerdict): string | null {
  return verdict.kind === 'rolled-back' || verdict.kind === 'foreign' ? verdict.found : null;
}

const presentFloor = ({ spec, clock, toleranceSlots = DEFAULT_TOLERANCE_SLOTS }: OpenGuardOptions): Floor =>
  bootFloorAt(spec, clock.currentSlot(), toleranceSlots);

function assertReaches(histories: Iterable<Watermarks>, anchors: readonly FoundAnchor[]): void {
  if (readable(anchors).length === 0) return;
  const newest = [...histories].reduce(raiseHighest, NOTHING_KNOWN);
  const remembered = highestRemembered(anchors);
  if (newest.slot >= remembered.slot && newest.target >= remembered.target) return;
  throw slashingDbError(
    'ROLLBACK_IMPORT_TOO_OLD',
    `the file goes up to slot ${newest.slot} and target ${newest.target}; the database had got to slot ` +
      `${remembered.slot} and target ${remembered.target}`,
  );
}
