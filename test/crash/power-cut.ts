import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brokenWords } from './kept-word.ts';
import type { Statement } from './scenario.ts';
import type { Operation } from './trace.ts';

/** What the disk does with writes that nobody has synced when the power goes. */
export type Fate = 'all lost' | 'all kept' | 'some kept' | 'last one torn';
export const FATES: readonly Fate[] = ['all lost', 'all kept', 'some kept', 'last one torn'];

/** Disks write whole sectors. */
const SECTOR = 512;

interface File {
  durable: Buffer;
  pending: Operation[];
  /** Its name is on the disk: the directory was synced since it was made. */
  named: boolean;
}

/**
 * The power goes after the first `count` operations of a trace: which files does the next start find?
 * @param lying the disk says that it has synced and has not
 */
export function imageAfter(
  operations: readonly Operation[],
  count: number,
  fate: Fate,
  random: () => number,
  lying = false,
): Map<string, Buffer> {
  const files = new Map<string, File>();
  for (const operation of operations.slice(0, count)) {
    if (operation.kind === 'said') continue;
    if (operation.kind === 'sync') {
      if (!lying) sync(files, operation.file);
      continue;
    }
    const file = files.get(operation.file) ?? { durable: Buffer.alloc(0), pending: [], named: lying };
    files.set(operation.file, file);
    if (operation.kind !== 'create') file.pending.push(operation);
  }
  const image = new Map<string, Buffer>();
  for (const [name, file] of files) {
    if (!file.named && fate !== 'all kept' && (fate === 'all lost' || random() < 0.5)) continue;
    const content = survivors(file.pending, fate, random).reduce(apply, file.durable);
    if (content !== null) image.set(name, content);
  }
  return image;
}

function sync(files: Map<string, File>, name: string): void {
  if (name === '.') {
    for (const [path, file] of files) {
      // The directory holds the names: of files made, and no longer of files unlinked.
      if (file.pending.some(({ kind }) => kind === 'unlink')) files.delete(path);
      file.named = true;
    }
    return;
  }
  const file = files.get(name);
  if (file === undefined) return;
  file.durable = file.pending.reduce<Buffer | null>(apply, file.durable) ?? Buffer.alloc(0);
  file.pending = [];
}

function survivors(pending: readonly Operation[], fate: Fate, random: () => number): readonly Operation[] {
  switch (fate) {
    case 'all lost':
      return [];
    case 'all kept':
      return pending;
    case 'some kept':
      return pending.filter(() => random() < 0.5);
    case 'last one torn': {
      const last = pending.at(-1);
      if (last?.kind !== 'write') return pending;
      const sectors = Math.floor((random() * last.bytes.length) / SECTOR);
      return [...pending.slice(0, -1), { ...last, bytes: last.bytes.subarray(0, sectors * SECTOR) }];
    }
  }
}

function apply(content: Buffer | null, operation: Operation): Buffer | null {
  const before = content ?? Buffer.alloc(0);
  if (operation.kind === 'unlink') return null;
  if (operation.kind === 'truncate') {
    const cut = Buffer.alloc(operation.length);
    before.copy(cut);
    return cut;
  }
  if (operation.kind !== 'write') return before;
  const after = Buffer.alloc(Math.max(before.length, operation.offset + operation.bytes.length));
  before.copy(after);
  after.set(operation.bytes, operation.offset);
  return after;
}

/** What was said before the power went: that is what must be kept. */
export const saidBefore = (operations: readonly Operation[], count: number): Statement[] =>
  operations.slice(0, count).flatMap((operation) => (operation.kind === 'said' ? operation.statements : []));

/** Starts from an image and looks whether every word was kept. A database that is refused keeps every word. */
export async function brokenAfter(
  image: ReadonlyMap<string, Buffer>,
  said: readonly Statement[],
): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'vigil-power-'));
  try {
    for (const [name, content] of image) await writeFile(join(folder, name), content, { mode: 0o600 });
    return await brokenWords(join(folder, 'slashing.sqlite'), said);
  } catch (error) {
    return refusedToOpen(error) ? [] : [String(error)];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const refusedToOpen = (error: unknown): boolean => (error as { code?: string }).code === 'DB_CORRUPT';

/** A small generator of its own (mulberry32), so that a failure can be had again from its seed. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
