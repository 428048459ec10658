import { toHex } from '../../core/hex.ts';
import type { JsonValue } from '../../core/json/parse-strict-json.ts';
import { isVigilError } from '../../core/errors.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { Pubkey } from '../../core/units.ts';
import type { Refusal } from '../../slashing-db/index.ts';
import type { Caller } from '../access/access.ts';
import type { Gate } from '../access/gate.ts';
import { BATCH_SLICE, laneOf } from '../bls/lanes.ts';
import type { Place } from '../bls/place.ts';
import { refuseDenied } from '../http/access-hook.ts';
import { httpError } from '../http/http-errors.ts';
import { assertLoaded } from '../http/known-key.ts';
import { parseIdentifier } from '../http/request-identifier.ts';
import type { Keyring } from '../keys/keyring.ts';
import type { SignRequest } from '../messages/index.ts';
import type { SignerMetrics } from '../metrics/signer-metrics.ts';
import type { PolicyGate } from '../policy/policy-gate.ts';
import type { PolicyRefusal } from '../policy/policy-refusals.ts';
import { MismatchRecord } from './mismatch-record.ts';
import type { ParsedBodies } from './parsed-bodies.ts';

export interface DeskModules {
  readonly bodies: ParsedBodies;
  readonly keyring: Keyring;
  readonly gate: Gate;
  readonly policy: PolicyGate;
  readonly metrics: SignerMetrics;
  readonly log: Logger;
}

/** `0x` hex of the signature, or why there is none. */
export type Answer = { readonly kind: 'signed'; readonly signature: string } | Refusal | PolicyRefusal;

/** Who asks, and what the desk should know of the connection. */
export interface Asker {
  readonly caller: Caller;
  /** Given the place of each signature, to drop it when the client has gone; what it returns is called when that is over. */
  readonly onPlace?: (place: Place) => () => void;
}

/**
 * The way of every request for a signature of the remote-signing API, whatever it came in with: who may have it, what
 * is it, does the policy allow it, does the guard; each answer counted and each refusal on record.
 */
export class SignDesk {
  readonly #modules: DeskModules;
  readonly #mismatches: MismatchRecord;

  constructor(modules: DeskModules) {
    this.#modules = modules;
    this.#mismatches = new MismatchRecord(modules.keyring);
  }

  /** @throws what is wrong with the request, as an error of the HTTP surface or of `signer/errors.ts` */
  async sign(asker: Asker, identifier: string, body: Uint8Array): Promise<Answer> {
    const { bodies, metrics } = this.#modules;
    const start = performance.now();
    let type = 'unknown';
    let known: Pubkey | null = null;
    try {
      // First, and alike for keys that are here and keys that are not: who may not use a key does not learn of it.
      const pubkey = this.#identify(asker.caller, identifier);
      known = pubkey;
      const request = bodies.parse(body, (read) => (type = read));
      type = request.type;
      return await this.#signOne(asker, pubkey, request);
    } catch (error) {
      this.#reject(type, error);
      if (known !== null) this.#recordMismatch(asker.caller, [known], type, error);
      throw error;
    } finally {
      metrics.signTime(type, (performance.now() - start) / 1000);
    }
  }

  /**
   * One message for many keys: parsed once, and all that may be signed is recorded in one commit.
   * @returns an answer or an error for each identifier, in their order
   * @throws what is wrong with the message; then nothing is signed
   */
  async signAll(
    asker: Asker,
    identifiers: readonly string[],
    message: JsonValue,
  ): Promise<(Answer | Error)[]> {
    const { bodies, metrics } = this.#modules;
    const start = performance.now();
    let type = 'unknown';
    try {
      const request = bodies.parseJson(message, (read) => (type = read));
      type = request.type;
      const answers: (Answer | Error)[] = [];
      const slice = BATCH_SLICE[laneOf(request.type)];
      for (let at = 0; at < identifiers.length; at += slice) {
        answers.push(...(await this.#signSlice(asker, identifiers.slice(at, at + slice), at, request)));
      }
      return answers;
    } catch (error) {
      this.#reject(type, error);
      this.#recordMismatch(asker.caller, this.#usableOf(asker.caller, identifiers), type, error);
      throw error;
    } finally {
      metrics.signTime(type, (performance.now() - start) / 1000);
    }
  }

  #signSlice(
    asker: Asker,
    identifiers: readonly string[],
    first: number,
    request: SignRequest,
  ): Promise<(Answer | Error)[]> {
    return Promise.all(
      identifiers.map(async (identifier, index) => {
        try {
          const where = `identifiers[${first + index}]`;
          return await this.#signOne(asker, this.#identify(asker.caller, identifier, where), request);
        } catch (error) {
          this.#reject(request.type, error);
          return error as Error;
        }
      }),
    );
  }

  /** The keys among these that are here and that the caller may use; nothing is counted or logged. */
  #usableOf(caller: Caller, identifiers: readonly string[]): Pubkey[] {
    const { gate, keyring } = this.#modules;
    const found = identifiers.map((identifier) => keyring.find(identifier) ?? parseIdentifier(identifier));
    return found.filter(
      (pubkey) => pubkey !== null && keyring.has(pubkey) && gate.couldUse(caller, 'sign', pubkey),
    ) as Pubkey[];
  }

  #recordMismatch(caller: Caller, pubkeys: readonly Pubkey[], type: string, error: unknown): void {
    if (!isVigilError(error)) return;
    const { code, message: detail } = error;
    for (const pubkey of pubkeys) {
      if (this.#mismatches.add(pubkey, { client: caller.name, type }, code)) {
        this.#modules.log.warn({ client: caller.name, pubkey, type, code, detail }, 'refused to sign');
      }
    }
  }

  #identify(caller: Caller, identifier: string, where = 'the identifier in the URL'): Pubkey {
    const { gate, keyring } = this.#modules;
    const pubkey = keyring.find(identifier) ?? parseIdentifier(identifier);
    if (pubkey === null) {
      throw httpError('MALFORMED_IDENTIFIER', `${where} is not a BLS public key`);
    }
    refuseDenied(gate.judgeKey(caller, 'sign', pubkey));
    assertLoaded(pubkey, keyring);
    return pubkey;
  }

  async #signOne(asker: Asker, pubkey: Pubkey, request: SignRequest): Promise<Answer> {
    const { keyring, policy } = this.#modules;
    const { type, message } = request;
    const { caller } = asker;
    this.#refuseDenied(caller, pubkey, request);
    const asked = { client: caller.name, type };
    const outcome =
      policy.refusalOf(pubkey, request, asked) ??
      (await keyring.sign(pubkey, message, asked, laneOf(type), asker));
    // The key was deleted while the request came in.
    if (outcome === null) throw httpError('UNKNOWN_KEY');
    if (outcome.kind === 'released') {
      this.#count(type, 'signed', '');
      return { kind: 'signed', signature: toHex(outcome.signature) };
    }
    const { reason: code, detail } = outcome;
    this.#count(type, 'refused', code);
    this.#modules.log.warn({ client: caller.name, pubkey, type, code, detail }, 'refused to sign');
    return outcome;
  }

  /** The history has also what a client asked for with a key of its own and may not have. */
  #refuseDenied(caller: Caller, pubkey: Pubkey, { type, message }: SignRequest): void {
    const { gate, keyring } = this.#modules;
    const denial = gate.judge(caller, { action: 'sign', key: pubkey, type });
    if (denial !== null) keyring.recordRefusal(pubkey, message, { client: caller.name, type }, denial.code);
    refuseDenied(denial);
  }

  #reject(type: string, error: unknown): void {
    this.#count(type, 'rejected', isVigilError(error) ? error.code : 'INTERNAL');
  }

  #count(type: string, result: 'signed' | 'refused' | 'rejected', reason: string): void {
    this.#modules.metrics.countSign(type, result, reason);
  }
}
