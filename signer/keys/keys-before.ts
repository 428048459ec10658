import type { Pubkey } from '../../core/units.ts';
import type { Guard } from '../../slashing-db/index.ts';
import type { KeyDirectory } from '../keystore/key-directory.ts';

/**
 * Keys that signed out of this data directory before, and have not left it by a deletion or a hand-over. A database on a
 * server has those of other signers too: of them a password here tells which were here, because it stays when only the
 * keystores are gone.
 * @throws KEY_FILE_UNREADABLE
 */
export async function keysBefore(
  guard: Pick<Guard, 'listKeys'>,
  directory: Pick<KeyDirectory, 'listPasswords'>,
  isShared: boolean,
): Promise<Pubkey[]> {
  const active = guard
    .listKeys()
    .flatMap(({ pubkey, state, outEpoch }) => (state === 'active' && outEpoch === null ? [pubkey] : []));
  if (!isShared) return active;
  const here = new Set(await directory.listPasswords());
  return active.filter((pubkey) => here.has(pubkey));
}
