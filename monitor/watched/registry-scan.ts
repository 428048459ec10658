import { validators, type BeaconNodes } from '../../beacon/index.ts';
import type { Pubkey } from '../../core/units.ts';

/** Validators in one request: half a megabyte of answer. */
const CHUNK = 1000;
const DAY_MS = 24 * 60 * 60 * 1000;

export interface OnChain {
  readonly index: number;
  readonly pubkey: Pubkey;
}

/**
 * Finds the validators of withdrawal addresses. No endpoint tells them, so the whole registry is gone through in parts:
 * on mainnet a thousand requests and half a gigabyte, of which nothing is kept but what is sought. That happens at the
 * start, when an address is added, and once a day for credentials that changed; new validators, which come at the end
 * of the registry, are looked for every time. A scan that fails goes on where it stopped.
 */
export class RegistryScan {
  readonly #ask: BeaconNodes['ask'];
  readonly #nowMs: () => number;
  readonly #onProgress: (scanned: number) => void;
  #addresses: ReadonlySet<string> = new Set();
  #complete = new Map<string, OnChain[]>();
  #building = new Map<string, OnChain[]>();
  /** The first index that is not looked at yet. */
  #next = 0;
  #whole = false;
  #startedMs = -Infinity;

  constructor(
    ask: BeaconNodes['ask'],
    nowMs: () => number,
    onProgress: (scanned: number) => void = () => undefined,
  ) {
    this.#ask = ask;
    this.#nowMs = nowMs;
    this.#onProgress = onProgress;
  }

  /** What is found so far, also while a scan has not come to its end. */
  of(address: string): readonly OnChain[] {
    const found = [...(this.#complete.get(address) ?? []), ...(this.#building.get(address) ?? [])];
    return [...new Map(found.map((validator) => [validator.index, validator])).values()];
  }

  /** @throws what asking throws; then it is gone on with the next time */
  async refresh(addresses: ReadonlySet<string>): Promise<void> {
    if (addresses.size === 0) return;
    const added = [...addresses].some((address) => !this.#addresses.has(address));
    if (added || (this.#whole && this.#nowMs() - this.#startedMs >= DAY_MS)) {
      this.#startedMs = this.#nowMs();
      this.#next = 0;
      this.#whole = false;
      this.#building = new Map();
    }
    this.#addresses = addresses;
    while (!(await this.#atEnd()));
    if (this.#whole) return;
    this.#whole = true;
    this.#complete = this.#building;
  }

  async #atEnd(): Promise<boolean> {
    const ids = Array.from({ length: CHUNK }, (_, at) => BigInt(this.#next + at));
    const { data } = await this.#ask(validators('head', ids));
    for (const { index, pubkey, withdrawalCredentials } of data) {
      const address = addressIn(withdrawalCredentials);
      this.#next = Math.max(this.#next, Number(index) + 1);
      if (address === null || !this.#addresses.has(address)) continue;
      const found = this.#building.get(address) ?? [];
      found.push({ index: Number(index), pubkey });
      this.#building.set(address, found);
    }
    if (!this.#whole) this.#onProgress(this.#next);
    // Indices have no holes.
    return data.length < CHUNK;
  }
}

/** Of 0x01 and 0x02 credentials; others name no address. */
const addressIn = (credentials: string): string | null =>
  /^0x0[12]/.test(credentials) ? `0x${credentials.slice(-40)}` : null;
