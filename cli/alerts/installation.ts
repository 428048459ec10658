import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { cliError } from '../cli-errors.ts';
import { parsedOrNull } from '../call-signer.ts';
import { writeOutFile } from '../output/write-out-file.ts';

/** What was written here last, so that an update can tell what the operator changed from what Vigil wrote. */
const MEMORY = '.vigil-installed.json';
const memory = z.object({ sha256: z.record(z.string(), z.string()) });

/** Prometheus and the Alertmanager are other users, and there is no secret in what they read. */
const READABLE = 0o644;

export type Written = 'new' | 'updated' | 'as it was';

/**
 * Writes files into a folder: all, or none when one of them was changed by somebody else.
 * @param files text by path under the folder
 * @returns what became of each
 * @throws FILES_CHANGED, BAD_ARGUMENT, OUT_FILE_UNWRITABLE when something cannot be written
 */
export function install(
  folder: string,
  files: Readonly<Record<string, string>>,
  force: boolean,
): Map<string, Written> {
  const before = remembered(folder);
  const present = new Map(Object.keys(files).map((name) => [name, textOf(join(folder, name))]));
  const changed = [...present].filter(
    ([name, text]) => text !== null && text !== files[name] && digest(text) !== before[name],
  );
  if (changed.length > 0 && !force) {
    const names = changed.map(([name]) => name).join(', ');
    throw cliError('FILES_CHANGED', `changed, or not written by Vigil, in ${folder}: ${names}`);
  }
  const written = new Map<string, Written>();
  for (const [name, text] of Object.entries(files)) {
    const old = present.get(name) ?? null;
    if (old !== text) write(join(folder, name), text);
    written.set(name, old === null ? 'new' : old === text ? 'as it was' : 'updated');
  }
  const sha256 = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, digest(text)]));
  write(join(folder, MEMORY), `${JSON.stringify({ sha256: { ...before, ...sha256 } }, null, 2)}\n`);
  return written;
}

function remembered(folder: string): Readonly<Record<string, string>> {
  const text = textOf(join(folder, MEMORY));
  // Without it everything that differs counts as changed, which is the careful way round.
  return memory.safeParse(text === null ? null : parsedOrNull(text)).data?.sha256 ?? {};
}

function textOf(path: string): string | null {
  if (!existsSync(path)) return null;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw cliError('BAD_ARGUMENT', `${path} cannot be read: ${(error as Error).message}`, error);
  }
}

function write(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    throw cliError('BAD_ARGUMENT', `${dirname(path)} cannot be made: ${(error as Error).message}`, error);
  }
  writeOutFile(path, text, READABLE);
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
