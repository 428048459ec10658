import { existsSync } from 'node:fs';
import { takeInstanceLock } from './storage/sqlite/instance-lock.ts';
import { NOTHING_KNOWN, raiseHighest } from './anchor/highest-known.ts';
import type { EvidenceVerdict } from './anchor/judge-evidence.ts';
import { highestRemembered, readable, type FoundAnchor } from './anchor/read-anchors.ts';
import { slashingDbError } from './errors.ts';
import type { AcceptedHistory, Act, ImportOptions, ImportReport } from './guard-contract.ts';
import { readInterchange } from './interchange/read-interchange.ts';
import { toOpen, type OpenGuardOptions } from './open-guard.ts';
import { floorDue, openJudged, type OpenedStorage } from './open-storage.ts';
import { openShared, takeSignerLock } from './shared/open-shared.ts';
import { SharedGuard } from './shared/shared-guard.ts';
import { SlashingGuard } from './slashing-guard.ts';
import type { Watermarks } from './watermark.ts';

/** What an act on a database that may have gone back found, and what it left. */
export interface Resolution {
  /** Null: nothing stood against the database. */
  readonly found: string | null;
  /** Null: nothing had to be accepted. */
  readonly accepted: AcceptedHistory | null;
}

/**
 * The first way out of a rollback: go on without what was lost, above the boot floor of now and above all that the
 * anchors remember.
 * @throws what `openGuard` throws, but for DB_ROLLED_BACK and DB_FROM_ANOTHER_MACHINE
 */
export async function acceptRollback(options: OpenGuardOptions, { by, reason }: Act): Promise<Resolution> {
  // The debt is durable with the opening: whoever comes after a crash in between pays it.
  const { guard, verdict, anchors } = await openAnyJudged(
    options,
    (found) => obstacle(found) ?? 'accepted by the operator',
  );
  try {
    const found = obstacle(verdict);
    const words = `${found ?? 'nothing was found'}; ${reason}`;
    return { found, accepted: await accept(guard, verdict, anchors, { by, reason: words }) };
  } finally {
    await guard.close();
  }
}

/**
 * Imports an interchange file into a database that nobody has open; and if that has gone back, the file is the
 * second way out. It must reach what the anchors remember, and all keys are raised to that and to the boot floor of now:
 * the file may lack a key, and an anchor may have been out of reach for its last run.
 * @throws ROLLBACK_IMPORT_TOO_OLD, INTERCHANGE_*, and what `openGuard` throws; then nothing was changed
 */
export async function importInterchangeFile(
  options: OpenGuardOptions,
  source: AsyncIterable<Uint8Array>,
  importOptions: ImportOptions & { readonly by: string },
): Promise<ImportReport & Resolution> {
  const { path, spec, clock, bootFloor = 'auto' } = options;
  // Whoever imports a large file beside a running signer learns it before the file is read.
  if (options.shared) takeSignerLock(options.shared, path).release();
  else if (existsSync(path)) takeInstanceLock(path).release();
  const content = await readInterchange(source, { ...importOptions, spec, clock });
  const { guard, verdict, anchors } = await openAnyJudged(options, (found, remembered) => {
    if (found.kind === 'rolled-back') assertReaches(content.histories.values(), remembered);
    return obstacle(found) ?? floorDue(found, bootFloor);
  });
  const found = obstacle(verdict);
  try {
    const report = await guard.mergeContent(content, importOptions.by);
    if (found === null) return { ...report, found, accepted: null };
    const act = { by: importOptions.by, reason: `${found}; a newer interchange file was imported` };
    return { ...report, found, accepted: await accept(guard, verdict, anchors, act) };
  } finally {
    await guard.close();
  }
}

interface OpenedGuard extends Omit<OpenedStorage, 'storage'> {
  readonly guard: SlashingGuard | SharedGuard;
}

async function openAnyJudged(
  options: OpenGuardOptions,
  mayOpen: Parameters<typeof openJudged>[1],
): Promise<OpenedGuard> {
  if (options.shared) {
    const { storage, ...found } = await openShared(options.shared, toOpen(options), mayOpen);
    return { ...found, guard: new SharedGuard(storage, options) };
  }
  const { storage, ...found } = openJudged(toOpen(options), mayOpen);
  return { ...found, guard: new SlashingGuard(storage, options) };
}

function accept(
  guard: SlashingGuard | SharedGuard,
  verdict: EvidenceVerdict,
  anchors: readonly FoundAnchor[],
  act: Act,
): Promise<AcceptedHistory> {
  const lostActs = verdict.kind === 'rolled-back' && verdict.lostActs;
  return guard.operator.acceptHistory(highestRemembered(anchors), act, lostActs);
}

function obstacle(verdict: EvidenceVerdict): string | null {
  return verdict.kind === 'rolled-back' || verdict.kind === 'foreign' ? verdict.found : null;
}

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
