import { z } from 'zod';
import { isVigilError, type VigilError } from '../../../core/errors.ts';
import { parsePubkey, type Pubkey } from '../../../core/units.ts';
import { keyError } from '../../key-errors.ts';
import { readBoundedFile } from '../../keystore/read-bounded-file.ts';
import { inTurns } from '../in-turns.ts';
import { settledState } from '../settled-state.ts';
import { sourceError } from '../source-errors.ts';
import { definitionsOf } from './definitions-yaml.ts';

/** 10,000 definitions are some megabytes. */
const MAX_BYTES = 256 * 1024 * 1024;

/** Of a definition only what says where the key is; fee recipients and the like are for the validator client. */
const definition = z.looseObject({
  enabled: z.boolean(),
  type: z.string(),
  voting_public_key: z.string().regex(/^0x[0-9a-fA-F]{96}$/, 'must be 0x and 96 hex digits'),
  voting_keystore_path: z.string().nullish(),
  voting_keystore_password_path: z.string().nullish(),
  voting_keystore_password: z.string().nullish(),
});

/** An enabled key with a keystore. Paths are as the file has them, null for none. */
export interface Definition {
  readonly pubkey: Pubkey;
  readonly keystorePath: string | null;
  readonly passwordPath: string | null;
  readonly password: string | null;
}

type Told = readonly Definition[] | VigilError;

/** A validator_definitions.yml, parsed once as long as it stays as it is: that takes seconds for ten thousand keys. */
export class ValidatorDefinitions {
  readonly #file: string;
  #known: { readonly state: string; readonly told: Told } | null = null;

  constructor(file: string) {
    this.#file = file;
  }

  /** @throws KEY_SOURCE_ANSWER, KEYSTORES_NOT_FOUND, KEY_FILE_* */
  async read(): Promise<readonly Definition[]> {
    const state = await settledState([this.#file]);
    const told = this.#known?.state === state ? this.#known.told : await this.#ask(state);
    if (isVigilError(told)) throw told;
    return told;
  }

  async #ask(state: string | null): Promise<Told> {
    this.#known = null;
    const bytes = await readBoundedFile(this.#file, MAX_BYTES);
    const told = await parse(bytes, this.#file).catch((error: unknown) => {
      if (isVigilError(error)) return error;
      throw error;
    });
    // Passwords are not to be in memory for longer than a load takes.
    const isKept = isVigilError(told) || told.every(({ password }) => password === null);
    if (state !== null && isKept) this.#known = { state, told };
    return told;
  }
}

async function parse(bytes: Uint8Array, file: string): Promise<Definition[]> {
  const plain = await definitionsOf(Buffer.from(bytes).toString('utf8')).catch(() => {
    // The message of the parser quotes the file.
    throw sourceError('KEY_SOURCE_ANSWER', `${file} is not YAML`);
  });
  if (!Array.isArray(plain)) throw sourceError('KEY_SOURCE_ANSWER', `${file} is not a list`);
  if (plain.length === 0) throw keyError('KEYSTORES_NOT_FOUND', `${file} defines no validator`);
  const definitions: Definition[] = [];
  for await (const [index, one] of inTurns(plain.entries())) {
    const read = definition.safeParse(one);
    if (!read.success) {
      const [issue] = read.error.issues;
      const where = [index, ...(issue?.path ?? [])].join('.');
      throw sourceError('KEY_SOURCE_ANSWER', `${file}: ${where} ${issue?.message ?? ''}`);
    }
    if (!read.data.enabled || read.data.type !== 'local_keystore') continue;
    definitions.push({
      pubkey: parsePubkey(read.data.voting_public_key.toLowerCase(), 'voting_public_key'),
      keystorePath: read.data.voting_keystore_path ?? null,
      passwordPath: read.data.voting_keystore_password_path ?? null,
      password: read.data.voting_keystore_password ?? null,
    });
  }
  return definitions;
}
