import type { Logger } from '../../core/log/logger.ts';
import type { Turns } from '../../core/turns.ts';
import type { Pubkey } from '../../core/units.ts';
import type { Guard } from '../../slashing-db/index.ts';
import { keyError } from '../key-errors.ts';
import type { KeyDirectory, LoadedKey, LoadOptions } from '../keystore/key-directory.ts';
import type { Keyring } from './keyring.ts';

/** Hears of every key that signs here no more; resolves when what is kept of it elsewhere is gone, and may be left alone. */
export type OnRemoved = (pubkey: Pubkey) => Promise<void> | void;

/** What the key manager lends to a rescan. */
export interface RescanModules {
  readonly directory: KeyDirectory;
  readonly guard: Guard;
  readonly keyring: Keyring;
  readonly log: Logger;
  /** Shared with imports and deletions: what a rescan found is checked again within its turn. */
  readonly changes: Turns;
  readonly failed: Set<Pubkey>;
  /** Keys that are missed since no keystore of any key was found, whether they sign or not. */
  readonly vanished: Set<Pubkey>;
  /** Keys that are kept elsewhere: their keystores are not missed here. */
  readonly adopted: ReadonlySet<Pubkey>;
  readonly onRemoved: OnRemoved;
}

export interface RescanResult {
  readonly added: number;
  readonly removed: number;
  /** Keystores that are there and could not be opened, and those that are gone all at once. */
  readonly failed: number;
}

/**
 * Brings the keyring into line with the keystores that are on the disk now. A key whose file is gone stops signing and
 * keeps its history, without a tombstone: when the file is back, the next rescan brings the key back. Only a file that
 * is certainly absent counts as gone; whatever cannot be read leaves the keys as they are. Where no keystore is left at all,
 * the keys were moved to another signer, or their volume is not mounted, and nobody can tell: they stop, because two
 * signers would be worse than none, but what was opened of them stays in the cache and the signer is not well.
 * @throws KEY_FILE_UNREADABLE, and what the guard throws when it cannot record; keys not reached by then stay as they are
 */
export async function rescanKeys(modules: RescanModules, options: LoadOptions): Promise<RescanResult> {
  const { directory, keyring, log, changes, failed, adopted, vanished } = modules;
  const loaded = keyring.loadedPubkeys().filter((pubkey) => !adopted.has(pubkey));
  const stored = new Set(
    await directory.list({ folderMayBeMissing: loaded.length === 0 }).catch((error: unknown) => {
      missAll(loaded, modules);
      throw error;
    }),
  );
  if (stored.size > 0) vanished.clear();
  if (stored.size === 0 && missAll(loaded, modules)) {
    tellOfVanished(vanished.size, log);
    const removed = await changes.take(() => silenceVanished(modules));
    return { added: 0, removed, failed: failed.size + vanished.size };
  }
  const gone = async (pubkey: Pubkey): Promise<boolean> =>
    !stored.has(pubkey) && !(await directory.has(pubkey));

  for (const pubkey of [...failed]) if (await gone(pubkey)) failed.delete(pubkey);
  let removed = 0;
  for (const pubkey of loaded.filter((one) => !stored.has(one))) {
    if (await changes.take(async () => (await gone(pubkey)) && (await takeOut(pubkey, modules))))
      removed += 1;
  }

  const wanted = [...stored].filter(
    (pubkey) => !keyring.has(pubkey) && !keyring.isComing(pubkey) && !isDeleted(pubkey, modules),
  );
  let added = 0;
  for await (const key of directory.load(wanted, options)) {
    const isThere = (): Promise<boolean> => directory.has(key.pubkey);
    if (!(await changes.take(() => bringIn(key, modules, isThere)))) continue;
    added += 1;
    log.info({ pubkey: key.pubkey }, 'key loaded');
  }
  log.info({ added, removed, failed: failed.size, keys: keyring.pubkeys().length }, 'keys reloaded');
  return { added, removed, failed: failed.size };
}

export function tellOfVanished(keys: number, log: Logger): void {
  const { code, hint, message } = keyError('KEYS_VANISHED');
  log.error({ code, hint, keys }, message);
}

/** @returns whether there are any: the last ones may have been deleted since */
function missAll(loaded: readonly Pubkey[], { keyring, vanished }: RescanModules): boolean {
  for (const pubkey of loaded) if (keyring.has(pubkey)) vanished.add(pubkey);
  return vanished.size > 0;
}

/** Their secrets stay in the cache: they are back as soon as their files are. @returns how many stopped */
async function silenceVanished({ directory, keyring, vanished, onRemoved }: RescanModules): Promise<number> {
  let silenced = 0;
  for (const pubkey of vanished) {
    if (!keyring.has(pubkey) || (await directory.has(pubkey))) continue;
    keyring.remove(pubkey);
    void onRemoved(pubkey);
    silenced += 1;
  }
  return silenced;
}

function isDeleted(pubkey: Pubkey, { guard, log }: RescanModules): boolean {
  if (guard.statusOf(pubkey).state !== 'deleted') return false;
  log.warn({ pubkey, code: 'KEY_DELETED' }, 'a keystore of a deleted key is in the data directory');
  return true;
}

/** @returns whether the key was still here */
async function takeOut(
  pubkey: Pubkey,
  { directory, keyring, log, onRemoved }: RescanModules,
): Promise<boolean> {
  if (!keyring.has(pubkey)) return false;
  keyring.remove(pubkey);
  void onRemoved(pubkey);
  // Whoever takes the file away may want the secret to be nowhere here.
  await directory.forgetSecret(pubkey);
  log.warn({ pubkey }, 'the keystore of this key is gone: it signs nothing until the file is back');
  return true;
}

/**
 * @param isThere whether the key's files are still there, for all that is known
 * @returns whether the key can sign now and could not before
 */
export async function bringIn(
  key: LoadedKey,
  modules: RescanModules,
  isThere: () => Promise<boolean> | boolean,
): Promise<boolean> {
  const { directory, guard, keyring, log, failed } = modules;
  const { pubkey } = key;
  // While its keystore was being opened the key may have been imported, deleted, or taken away again.
  if (keyring.has(pubkey)) return false;
  const there = guard.statusOf(pubkey).state !== 'deleted' && (await isThere());
  if (there && 'error' in key) {
    failed.add(pubkey);
    keyring.expectNoMore(pubkey);
    log.error({ pubkey, code: key.error.code, hint: key.error.hint }, key.error.message);
    return false;
  }
  if (!there || 'error' in key || (await guard.admitKey(pubkey, false)) !== 'active') {
    keyring.expectNoMore(pubkey);
    await directory.forgetSecret(pubkey);
    return false;
  }
  keyring.add(pubkey, key.secretKey);
  failed.delete(pubkey);
  return true;
}
