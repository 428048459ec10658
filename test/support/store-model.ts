import type { EpochRecord } from '../../monitor/model/epoch-record.ts';
import type { LedgerPart } from '../../monitor/model/ledger-part.ts';
import type { AttestationVerdict } from '../../monitor/model/verdicts.ts';
import { day, type StoreWorld } from './store-world.ts';

type Part = Record<string, unknown> & LedgerPart;

/**
 * What a store must hold, told plainly: the set of (validator, epoch) that were written, and everything else looked up in
 * the world when it is asked for.
 */
export class StoreModel {
  readonly #world: StoreWorld;
  readonly #covered = new Map<number, Set<number>>();
  readonly #epochs = new Set<number>();

  constructor(world: StoreWorld) {
    this.#world = world;
  }

  write(at: number, validators: readonly number[]): void {
    this.#epochs.add(at);
    for (const v of validators) {
      const epochs = this.#covered.get(v) ?? new Set();
      this.#covered.set(v, epochs.add(at));
    }
  }

  epochsOf(v: number): number[] {
    return [...(this.#covered.get(v) ?? [])].sort((a, b) => a - b);
  }

  validators(): number[] {
    return [...this.#covered.keys()].sort((a, b) => a - b);
  }

  coverage(v: number): { first: bigint; last: bigint }[] {
    const runs: { first: bigint; last: bigint }[] = [];
    for (const at of this.epochsOf(v).map(BigInt)) {
      const run = runs.at(-1);
      if (run?.last === at - 1n) run.last = at;
      else runs.push({ first: at, last: at });
    }
    return runs;
  }

  /** By epoch, then validator. */
  all<T>(of: (validator: number, at: number) => readonly T[]): T[] {
    return [...this.#epochs]
      .sort((a, b) => a - b)
      .flatMap((at) =>
        this.validators()
          .filter((v) => this.#covered.get(v)!.has(at))
          .flatMap((v) => [...of(v, at)]),
      );
  }

  network(): EpochRecord['network'][] {
    return [...this.#epochs].sort((a, b) => a - b).map((at) => this.#world.record(at, []).network);
  }

  votes(): AttestationVerdict[] {
    return this.all((v, at) => this.#world.votes(v, at));
  }

  voteRewards(at: number): EpochRecord['voteRewards'] {
    return this.validators()
      .filter((v) => this.#covered.get(v)!.has(at) && !this.#covered.get(v)!.has(at + 2))
      .flatMap((v) => this.#world.rewards(v, at));
  }

  /** Slot by slot: a row is a run of slots of one day that are written. */
  ledger(v: number): LedgerPart[] {
    const parts = this.epochsOf(v).flatMap((at) => this.#world.parts(v, at));
    const rows: Part[][] = [];
    for (const part of parts as Part[]) {
      const run = rows.at(-1);
      const last = run?.at(-1);
      if (
        last !== undefined &&
        last.endSlot + 1n === part.startSlot &&
        day(Number(last.endSlot)) === part.day
      )
        run!.push(part);
      else rows.push([part]);
    }
    return rows.map((run) => {
      const [first, last] = [run[0]!, run.at(-1)!];
      const sum = (name: string): bigint => run.reduce((total, part) => total + (part[name] as bigint), 0n);
      const added = Object.keys(first).filter((name) => name.endsWith('Gwei') && !name.includes('Balance'));
      const weakest = (['balance', 'blocks', 'endpoint'] as const).find((word) =>
        run.some(({ method }) => method === word),
      )!;
      return {
        ...last,
        startSlot: first.startSlot,
        openingBalanceGwei: first.openingBalanceGwei,
        ...Object.fromEntries(added.map((name) => [name, sum(name)])),
        method: weakest,
        duties: Object.fromEntries(
          Object.keys(first.duties).map((name) => [
            name,
            run.reduce((total, { duties }) => total + duties[name as keyof typeof duties], 0),
          ]),
        ) as unknown as LedgerPart['duties'],
      };
    });
  }
}
