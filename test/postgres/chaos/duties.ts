import { setTimeout as delay } from 'node:timers/promises';
import type { ChaosSigner } from './chaos-signer.ts';
import type { ChaosWorld } from './chaos-world.ts';
import type { Released } from './judge-released.ts';

export type Wanted = Omit<Released, 'signature' | 'releasedMs'>;

const CLIENTS_PER_SIGNER = 8;

/** Validator clients that want conflicting and identical messages of the same keys from all signers, and what they get. */
export class Duties {
  readonly released: Released[] = [];
  /** How often each kind of answer came. */
  readonly statuses: Record<string, number> = {};
  asked = 0;
  readonly #world: ChaosWorld;

  constructor(world: ChaosWorld) {
    this.#world = world;
  }

  /** Whether requests were answered in each of these ways. */
  metAll(statuses: readonly string[]): boolean {
    return statuses.every((status) => (this.statuses[status] ?? 0) > 0);
  }

  /** @returns the status; 0: no answer */
  async ask(signer: ChaosSigner, wanted: Wanted): Promise<number> {
    this.asked += 1;
    const { kind, pubkey, source, target, head } = wanted;
    const { bodies } = this.#world;
    const body = kind === 'block' ? bodies.block(target, head) : bodies.attestation(source, target, head);
    try {
      const response = await fetch(`${signer.url ?? 'http://127.0.0.1:1'}/api/v1/eth2/sign/${pubkey}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'accept': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(90_000),
      });
      const { signature, code } = (await response.json()) as { signature?: string; code?: string };
      this.#count(signature === undefined ? `${response.status} ${code}` : '200');
      if (signature !== undefined) this.released.push({ ...wanted, signature, releasedMs: Date.now() });
      return response.status;
    } catch {
      this.#count('no answer');
      return 0;
    }
  }

  /** Runs until all is over. */
  async run(): Promise<void> {
    await Promise.all(
      this.#world.signers.flatMap((signer) =>
        Array.from({ length: CLIENTS_PER_SIGNER }, () => this.#client(signer)),
      ),
    );
  }

  async #client(signer: ChaosSigner): Promise<void> {
    const { pubkeys, doomed } = this.#world;
    const keys = [...pubkeys, ...doomed];
    while (!this.#world.over) {
      if (signer.url === null) {
        await delay(50);
        continue;
      }
      const epoch = this.#world.epoch + BigInt(Math.floor(Math.random() * 3)) - 1n;
      const head = ['first', 'first', 'second', 'third'][Math.floor(Math.random() * 4)]!;
      const pubkey = keys[Math.floor(Math.random() * keys.length)]!;
      const source = epoch - 1n - BigInt(Math.floor(Math.random() ** 4 * 6));
      const wanted: Wanted =
        Math.random() < 0.25
          ? { kind: 'block', pubkey, source: 0n, target: epoch * 8n, head }
          : { kind: 'attestation', pubkey, source, target: epoch, head };
      const status = await this.ask(signer, wanted);
      if (status === 503 || status === 0) await delay(20);
    }
  }

  #count(what: string): void {
    this.statuses[what] = (this.statuses[what] ?? 0) + 1;
  }
}
