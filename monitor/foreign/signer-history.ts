import { z } from 'zod';
import type { Pubkey, Root } from '../../core/units.ts';
import { exchangeJson } from './exchange-json.ts';
import { foreignError } from './foreign-errors.ts';
import type { SeenMessage } from './seen-message.ts';
import type { SignerDoor } from './signer-doors.ts';

/** What one signer says of one message; the words are explained in its API description. */
const lookedUp = z.object({
  verdict: z.enum(['signed', 'not_signed', 'elsewhere', 'unknown']),
  why: z.string().nullable(),
  key: z.enum(['active', 'deleted', 'unknown']),
  frozen: z.string().nullable(),
  recorded: z.array(
    z.object({
      slot: z.string().nullable(),
      source_epoch: z.string().nullable(),
      target_epoch: z.string().nullable(),
      signing_root: z.string().nullable(),
      time_ms: z.string(),
    }),
  ),
});
export type SignerSays = z.infer<typeof lookedUp>;

const lookupAnswer = z.object({ data: z.array(lookedUp) });
const errorAnswer = z.object({ code: z.string(), message: z.string() });

/** What a signer takes at once. */
export const LOOKUP_CHUNK = 5000;

/** A signer may have to look through a long history. */
const TIMEOUT_MS = 60_000;

/** The admin API of one signer, as far as the watch needs it. */
export class SignerHistory {
  readonly name: string;
  readonly #door: SignerDoor;
  readonly #genesisValidatorsRoot: Root;
  readonly #timeoutMs: number;

  constructor(door: SignerDoor, genesisValidatorsRoot: Root, timeoutMs = TIMEOUT_MS) {
    this.name = door.name;
    this.#door = door;
    this.#genesisValidatorsRoot = genesisValidatorsRoot;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * What the signer says of messages, in their order.
   * @param messages at most {@link LOOKUP_CHUNK}
   * @throws MONITOR_SIGNER_*
   */
  async lookUp(messages: readonly SeenMessage[]): Promise<SignerSays[]> {
    const answer = await this.#post('/vigil/v1/history/lookup', {
      genesis_validators_root: this.#genesisValidatorsRoot,
      messages: messages.map(question),
    });
    const { success, data } = lookupAnswer.safeParse(answer);
    if (!success || data.data.length !== messages.length) {
      throw foreignError(
        'MONITOR_SIGNER_ANSWER',
        `${this.name}: the answer is not about the messages asked for`,
      );
    }
    return data.data;
  }

  /** Durable when it resolves. @throws MONITOR_SIGNER_* */
  async freeze(pubkey: Pubkey, reason: string): Promise<void> {
    await this.#post('/vigil/v1/keys/freeze', { pubkeys: [pubkey], reason, by: 'vigil monitor' });
  }

  async #post(path: string, body: unknown): Promise<unknown> {
    const { address, token, tls } = await this.#door.open();
    let answer: { status: number; json: unknown };
    try {
      answer = await exchangeJson({
        ...{ method: 'POST', url: address.urlOf(path), body, timeoutMs: this.#timeoutMs },
        headers: { authorization: `Bearer ${token}` },
        ...(tls === undefined ? {} : { tls }),
      });
    } catch (error) {
      const why = address.redact((error as Error).message);
      throw foreignError('MONITOR_SIGNER_SILENT', `${this.name}: ${why}`, error);
    }
    if (answer.status === 200) return answer.json;
    throw this.#refused(answer.status, answer.json);
  }

  #refused(status: number, json: unknown): Error {
    const said = errorAnswer.safeParse(json).data;
    const text = `${this.name}: status ${status}${said === undefined ? '' : `, ${said.code}: ${said.message}`}`;
    if (status === 401 || status === 403) return foreignError('MONITOR_SIGNER_REFUSES', text);
    if (said !== undefined && OTHER_NETWORK.includes(said.code)) {
      return foreignError('MONITOR_SIGNER_OTHER_NETWORK', text);
    }
    const later = status === 429 || status >= 500;
    return foreignError(later ? 'MONITOR_SIGNER_SILENT' : 'MONITOR_SIGNER_ANSWER', text);
  }
}

const OTHER_NETWORK = ['GENESIS_VALIDATORS_ROOT_MISMATCH', 'FORK_VERSION_MISMATCH'];

const question = ({ pubkey, slot, vote, signingRoot, forkVersion }: SeenMessage) => ({
  ...{ pubkey, signing_root: signingRoot, fork_version: forkVersion },
  ...(vote === null
    ? { kind: 'block', slot: slot.toString() }
    : {
        kind: 'attestation',
        source_epoch: vote.source.toString(),
        target_epoch: vote.target.toString(),
      }),
});
