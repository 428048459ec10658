import type { ChainSpec } from '../core/chain/chain-spec.ts';
import type { SlotClock } from '../core/chain/slot-clock.ts';
import type { Pubkey } from '../core/units.ts';
import { aboveFloor } from './boot-floor.ts';
import type { ClockGuard } from './clock-guard.ts';
import type { RecordWriter } from './commit/record-writer.ts';
import { slashingDbError } from './errors.ts';
import type { ImportOptions, ImportReport } from './guard-contract.ts';
import { act, ITSELF } from './history/decision.ts';
import { readInterchange, type InterchangeContent } from './interchange/read-interchange.ts';
import { writeInterchange } from './interchange/write-interchange.ts';
import type { KeyControls } from './key-controls.ts';
import type { KeyLedger } from './key-ledger.ts';
import { keyStatus } from './key-status.ts';

interface Modules {
  readonly spec: ChainSpec;
  /** By which a file is judged. */
  readonly clock: SlotClock;
  /** By which an act is dated. */
  readonly clockGuard: ClockGuard;
  readonly ledger: KeyLedger;
  readonly controls: KeyControls;
  readonly writer: RecordWriter;
  readonly settleBootFloor: () => void;
}

/** How history comes into an open guard and leaves it again. */
export class InterchangeActs {
  readonly #modules: Modules;

  constructor(modules: Modules) {
    this.#modules = modules;
  }

  async import(source: AsyncIterable<Uint8Array>, options: ImportOptions): Promise<ImportReport> {
    const { spec, clock } = this.#modules;
    return this.merge(await readInterchange(source, { spec, clock, ...options }), options.by);
  }

  async merge({ histories, ...counts }: InterchangeContent, by = ITSELF): Promise<ImportReport> {
    const { clockGuard, ledger, writer } = this.#modules;
    // From here on synchronous: memory rises first, for all keys at once, then everything becomes durable at once.
    const records = [...histories].map(([pubkey, history]) => ledger.merge(pubkey, history));
    const raised = records.filter((ofKey) => ofKey.some((record) => record.kind !== 'state')).length;
    const reason = `${histories.size} keys, ${raised} raised`;
    const decision = act('import-interchange', by, clockGuard.nowMs, { reason });
    await writer.append(...records.flat(), { kind: 'decision', decision });
    return { keys: histories.size, raised, ...counts };
  }

  export(pubkeys?: readonly Pubkey[]): Iterable<string> {
    const { spec, ledger, controls, settleBootFloor } = this.#modules;
    settleBootFloor();
    const { floor, floorOwed } = controls.protection;
    if (floorOwed !== null) throw slashingDbError('DB_FLOOR_OWED', `a boot floor is due first: ${floorOwed}`);
    const wanted = pubkeys === undefined ? ledger.pubkeys() : [...new Set(pubkeys)];
    const statuses = wanted
      .filter((pubkey) => ledger.get(pubkey) !== undefined)
      .map((pubkey) => aboveFloor(floor, keyStatus(pubkey, ledger, controls)));
    return writeInterchange(spec.genesisValidatorsRoot, statuses);
  }
}
