import { setTimeout as delay } from 'node:timers/promises';
import { PASSWORD } from '../../support/signer-fixture.ts';
import type { ChaosSigner } from './chaos-signer.ts';
import { tokenOf, type ChaosWorld } from './chaos-world.ts';

export const ACT_KINDS = ['delete', 'freeze', 'freeze all', 'import', 'unfreeze', 'unfreeze all'] as const;
export type ActKind = (typeof ACT_KINDS)[number];

/** An act that a signer answered as done, or, without an answer, may have done. */
export interface ActDone {
  readonly kind: ActKind;
  /** Null: all keys. */
  readonly pubkey: string | null;
  /** The clock of the machine, when it was sent and when it was known to be done; null: that never was. */
  readonly askedMs: number;
  readonly answeredMs: number | null;
  /** Of an import and of the history that a deletion gives out: the highest that may have been signed. */
  readonly upTo: { readonly slot: bigint; readonly target: bigint } | null;
}

/** Keys that the end of the run is judged by; and as many as may be frozen at a time. */
const UNTOUCHED = 4;
const MOST_FROZEN = 5;
/** How long everything is frozen at a time. */
const ALL_FROZEN_MS = 300;
/** Longer than any transaction lives whose signer is gone. */
const DOUBT_MS = 20_000;

/**
 * An operator who freezes and thaws keys, one and all of them, deletes some for ever and imports histories that are ahead, at whichever signer.
 * An act that is not answered leaves nobody knowing: its key is left alone until it cannot take effect any more. Deletions
 * are repeated until they are answered.
 */
export class Operator {
  readonly done: ActDone[] = [];
  readonly #world: ChaosWorld;
  readonly #free: string[];
  readonly #frozen: string[] = [];
  readonly #doomed: string[];
  /** Until then a freeze of everything that was never answered may still take effect. */
  #thawAllUntilMs = 0;
  readonly #doubtful: { readonly pubkey: string; readonly sinceMs: number }[] = [];

  constructor(world: ChaosWorld) {
    this.#world = world;
    this.#free = world.pubkeys.slice(UNTOUCHED);
    this.#doomed = [...world.doomed];
  }

  /** Whether an act of each kind is known to be done. */
  get wasAnswered(): boolean {
    return ACT_KINDS.every((kind) => this.done.some((act) => act.kind === kind && act.answeredMs !== null));
  }

  /** One act after the other, until all is over. */
  async run(): Promise<void> {
    for (let n = 0; !this.#world.over; n += 1) {
      // Deletions are few; they begin when the keys have been at work for a while.
      if (n % 8 === 7 && this.#doomed.length > 0) await this.#delete(this.#doomed.shift()!);
      else if (n % 11 === 10) await this.#freezeAll();
      else if (n % 5 === 4) await this.#import();
      else if (this.#frozen.length >= MOST_FROZEN || n % 3 === 2) await this.#unfreeze();
      else await this.#freeze();
      // They may be frozen, and are thawed as if they were.
      while ((this.#doubtful[0]?.sinceMs ?? Infinity) < Date.now() - DOUBT_MS) {
        this.#frozen.unshift(this.#doubtful.shift()!.pubkey);
      }
      if (Date.now() < this.#thawAllUntilMs) await this.#thawAll();
      await delay(50 + Math.random() * 150);
    }
  }

  async #freeze(): Promise<void> {
    const pubkey = this.#takeFree();
    if (pubkey === undefined) return;
    const body = { pubkeys: [pubkey], reason: 'a test' };
    if (await this.#act('freeze', pubkey, '/vigil/v1/keys/freeze', body)) this.#frozen.push(pubkey);
  }

  async #unfreeze(): Promise<void> {
    const pubkey = this.#frozen.shift();
    if (pubkey === undefined) return;
    const body = { pubkeys: [pubkey], reason: 'a test' };
    if (await this.#act('unfreeze', pubkey, '/vigil/v1/keys/unfreeze', body)) this.#free.push(pubkey);
  }

  async #freezeAll(): Promise<void> {
    const body = { pubkeys: 'all', reason: 'a test' };
    const known = await this.#act('freeze all', null, '/vigil/v1/keys/freeze', body);
    if (known) await delay(ALL_FROZEN_MS);
    else this.#thawAllUntilMs = Date.now() + DOUBT_MS;
    while (!this.#world.over && !(await this.#thawAll())) await delay(50);
  }

  #thawAll(): Promise<boolean> {
    const body = { pubkeys: 'all', reason: 'a test' };
    return this.#act('unfreeze all', null, '/vigil/v1/keys/unfreeze', body);
  }

  async #import(): Promise<void> {
    const pubkey = this.#takeFree();
    if (pubkey === undefined) return;
    const { epoch, spec, keystores } = this.#world;
    const target = epoch + 5n;
    const document = {
      metadata: { interchange_format_version: '5', genesis_validators_root: spec.genesisValidatorsRoot },
      data: [
        {
          pubkey,
          signed_blocks: [{ slot: (target * 8n).toString() }],
          signed_attestations: [{ source_epoch: (target - 1n).toString(), target_epoch: target.toString() }],
        },
      ],
    };
    const body = {
      keystores: [keystores.get(pubkey)],
      passwords: [PASSWORD],
      slashing_protection: JSON.stringify(document),
    };
    const upTo = { slot: target * 8n, target };
    const path = '/eth/v1/keystores';
    if (await this.#act('import', pubkey, path, body, { isDone: itemIsDone, upTo: () => upTo }))
      this.#free.push(pubkey);
  }

  /** Until it is answered: a deletion may be said twice. */
  async #delete(pubkey: string): Promise<void> {
    const how = { method: 'DELETE', isDone: itemIsDone, upTo: exported };
    while (!this.#world.over) {
      if (await this.#act('delete', pubkey, '/eth/v1/keystores', { pubkeys: [pubkey] }, how)) return;
      await delay(50);
    }
  }

  /** @returns whether it is known to be done */
  async #act(
    kind: ActKind,
    pubkey: string | null,
    path: string,
    body: unknown,
    { method = 'POST', isDone, upTo }: Partial<How> = {},
  ): Promise<boolean> {
    const signer = await this.#someSigner();
    const askedMs = Date.now();
    const answer = await this.#send(signer, method, path, body);
    const known = answer !== null && (isDone?.(answer) ?? true);
    this.done.push({
      ...{ kind, pubkey, askedMs },
      // What happened in the same millisecond may have been before.
      answeredMs: known ? Date.now() + 1 : null,
      upTo: known ? (upTo?.(answer) ?? null) : null,
    });
    if (!known && pubkey !== null && kind !== 'delete') this.#doubtful.push({ pubkey, sinceMs: Date.now() });
    return known;
  }

  /** @returns the JSON of a 200, else null */
  async #send(signer: ChaosSigner, method: string, path: string, body: unknown): Promise<unknown> {
    try {
      const response = await fetch(`${signer.url ?? 'http://127.0.0.1:1'}${path}`, {
        method,
        headers: {
          'content-type': 'application/json',
          'accept': 'application/json',
          'authorization': `Bearer ${tokenOf(signer)}`,
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(90_000),
      });
      const answer: unknown = await response.json();
      return response.status === 200 ? answer : null;
    } catch {
      return null;
    }
  }

  async #someSigner(): Promise<ChaosSigner> {
    for (;;) {
      const up = this.#world.signers.filter(({ url }) => url !== null);
      if (up.length > 0) return up[Math.floor(Math.random() * up.length)]!;
      await delay(20);
    }
  }

  #takeFree(): string | undefined {
    return this.#free.splice(Math.floor(Math.random() * this.#free.length), 1)[0];
  }
}

interface How {
  readonly method: string;
  readonly isDone: (answer: unknown) => boolean;
  readonly upTo: (answer: unknown) => ActDone['upTo'];
}

const itemIsDone = (answer: unknown): boolean =>
  (answer as { data: { status: string }[] }).data.every(
    ({ status }) => status !== 'error' && status !== 'not_found',
  );

/** What the history says that a deletion gives out for whoever gets the key next. */
function exported(answer: unknown): ActDone['upTo'] {
  const text = (answer as { slashing_protection: string }).slashing_protection;
  const { data } = JSON.parse(text) as {
    data: { signed_blocks: { slot: string }[]; signed_attestations: { target_epoch: string }[] }[];
  };
  const highest = (values: string[]): bigint => values.map(BigInt).reduce((a, b) => (a > b ? a : b), -1n);
  return {
    slot: highest(data.flatMap((key) => key.signed_blocks.map(({ slot }) => slot))),
    target: highest(data.flatMap((key) => key.signed_attestations.map(({ target_epoch: target }) => target))),
  };
}
