import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { parsePubkey, type Pubkey } from '../../../core/units.ts';
import { watchedError } from '../watched-errors.ts';

/** No keystore is that large. */
const MAX_BYTES = 64 * 1024;
/** Files read at once. */
const TOGETHER = 64;

/** As much of EIP-2335 as tells a keystore from the other JSON that lies about in such folders. */
const keystore = z.object({
  crypto: z.object({}),
  pubkey: z.string().regex(/^(0x)?[0-9a-fA-F]{96}$/),
});

/** Reads the pubkeys of folders of keystores, over and over; a file that has not changed is not read again. */
export class KeystoreFolders {
  readonly #seen = new Map<string, { readonly stamp: string; readonly pubkey: Pubkey | null }>();

  /**
   * The keys whose keystores are in a folder, at any depth. They are not opened, so nothing but the pubkey that each
   * claims is known of it. Other files, hidden ones and links to folders are passed over.
   * @throws WATCH_SOURCE_FAILED
   */
  async read(folder: string): Promise<Pubkey[]> {
    const files = await jsonFilesIn(folder);
    const found: Pubkey[] = [];
    for (let at = 0; at < files.length; at += TOGETHER) {
      const pubkeys = await Promise.all(files.slice(at, at + TOGETHER).map((file) => this.#pubkeyIn(file)));
      found.push(...pubkeys.filter((pubkey) => pubkey !== null));
    }
    return found;
  }

  async #pubkeyIn(file: string): Promise<Pubkey | null> {
    try {
      const { size, mtimeMs, ino } = await stat(file);
      const stamp = `${size} ${mtimeMs} ${ino}`;
      const known = this.#seen.get(file);
      if (known?.stamp === stamp) return known.pubkey;
      const pubkey = size > MAX_BYTES ? null : pubkeyOf(await readFile(file, 'utf8'));
      this.#seen.set(file, { stamp, pubkey });
      return pubkey;
    } catch (error) {
      // It went away while the folder was read.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw watchedError('WATCH_SOURCE_FAILED', `${file} cannot be read: ${(error as Error).message}`, error);
    }
  }
}

async function jsonFilesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw watchedError('WATCH_SOURCE_FAILED', `${folder} cannot be read: ${(error as Error).message}`, error);
  });
  const files: string[] = [];
  for (const entry of entries.filter(({ name }) => !name.startsWith('.'))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) files.push(...(await jsonFilesIn(path)));
    else if (/\.json$/i.test(entry.name)) files.push(path);
  }
  return files.sort();
}

function pubkeyOf(text: string): Pubkey | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const { data } = keystore.safeParse(json);
  return data === undefined ? null : parsePubkey(`0x${data.pubkey.replace(/^0x/, '')}`, 'pubkey');
}
