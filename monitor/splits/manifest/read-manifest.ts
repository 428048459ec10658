import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { changedLine, INPUT_LINES } from './input-lines.ts';
import { splitsError } from '../splits-errors.ts';

const schema = z.looseObject({
  kind: z.literal('vigil-rewards-split'),
  ruleset: z.string(),
  toolVersion: z.string(),
  pool: z.string(),
  period: z.string(),
  startSlot: z.string(),
  endSlot: z.string(),
  configHash: z.string(),
  closingHash: z.string().optional(),
  accepted: z.array(
    z.looseObject({
      what: z.enum(['gaps', 'residual', 'skipped']),
      reason: z.string(),
      count: z.number(),
      named: z.array(z.string()),
    }),
  ),
  files: z.record(z.string(), z.string()),
});

/** A manifest as it lies in its folder. */
export interface StoredManifest {
  readonly path: string;
  readonly folder: string;
  readonly text: string;
  readonly hash: string;
  readonly said: z.infer<typeof schema>;
}

/** @throws MANIFEST_INVALID */
export function readManifest(path: string): StoredManifest {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
    const said = schema.parse(JSON.parse(text));
    return { path, folder: dirname(path), text, hash: sha256(text), said };
  } catch (error) {
    throw splitsError('MANIFEST_INVALID', `${path} is not a manifest: ${firstLine(error)}`, error);
  }
}

/**
 * A file that the manifest names, as it was when the manifest was made.
 * @throws MANIFEST_DIFFERS when it is another now, MANIFEST_INVALID when it is not there
 */
export function readListedFile(stored: StoredManifest, name: string): string {
  const { folder, said } = stored;
  let text: string;
  try {
    text = readFileSync(join(folder, name), 'utf8');
  } catch (error) {
    throw splitsError('MANIFEST_INVALID', `${name} is not beside the manifest`, error);
  }
  if (sha256(text) !== said.files[name])
    throw splitsError(
      'MANIFEST_DIFFERS',
      [`${name} was changed since the manifest was made`, ...whereChanged(stored, name, text)].join('; '),
    );
  return text;
}

/** Inputs cannot be computed again, but the digests of their lines are kept. */
function whereChanged({ folder, said }: StoredManifest, name: string, text: string): string[] {
  try {
    const known = readFileSync(join(folder, INPUT_LINES), 'utf8');
    if (sha256(known) !== said.files[INPUT_LINES]) return [];
    const digests = linesSchema.parse(JSON.parse(known))[name];
    const where = digests === undefined ? '' : changedLine(name, text, digests);
    return where === '' ? [] : [where];
  } catch {
    return [];
  }
}

const linesSchema = z.record(z.string(), z.array(z.string()));

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const firstLine = (error: unknown): string => (error as Error).message.split('\n')[0] ?? '';
