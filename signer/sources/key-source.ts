import type { VigilError } from '../../core/errors.ts';
import type { Pubkey } from '../../core/units.ts';
import type { OnLoadProgress } from '../keys/load-progress.ts';
import type { SecretBytes } from '../keystore/bls-keys.ts';

/** A key out of a source, or why one that should be there could not be had. `label` is what messages call it. */
export type SourceKey =
  | { readonly label: string; readonly pubkey: Pubkey; readonly secretKey: SecretBytes }
  | { readonly label: string; readonly error: VigilError; readonly pubkey?: Pubkey };

export interface SourceLoad {
  /** Keys that are here already, which need not be opened again. */
  readonly has: (pubkey: Pubkey) => boolean;
  readonly signal: AbortSignal;
  /** Keys that are about to be opened, where the source knows them before. */
  readonly onNamed?: (pubkeys: Iterable<Pubkey>) => void;
  /** How many keys are wanted and how many of them are through, as soon as that is known. */
  readonly onProgress?: OnLoadProgress;
}

/** A place outside of the data directory that keys are read from. Nothing is ever written there. */
export interface KeySource {
  /** For messages: its type as the file of sources spells it, a space, and where it is; no secret in it. */
  readonly name: string;
  /**
   * Yields the keys that are not here yet, as they come. May be called again, never twice at once.
   * @throws a typed error when the source as a whole gives nothing; keys that came before stay
   */
  load(options: SourceLoad): AsyncGenerator<SourceKey, void, undefined>;
  /** The key was deleted here: what this process keeps of it besides the source itself goes. */
  forget?(pubkey: Pubkey): Promise<void>;
  close?(): Promise<void>;
}
