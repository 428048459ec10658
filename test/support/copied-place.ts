import { epoch } from '../../core/units.ts';
import {
  copyDatabase,
  type Guard,
  type HandoverReceipt,
  type OpenGuardOptions,
} from '../../slashing-db/index.ts';
import { openAnyTestGuard, overAny } from './any-storage.ts';
import { att, clockAt, KEY_A } from './slashing-fixtures.ts';
import { tempDatabase, TRUSTING, verdict } from './temp-guard.ts';

const ACT = { by: 'a test', reason: 'a test' };
const { clock } = clockAt(1000);

/** A database over the storage under test, closed between the steps: whoever is copied has to be. */
export class CopiedPlace {
  readonly path = tempDatabase();

  async with<T>(use: (guard: Guard) => Promise<T>, options: Partial<OpenGuardOptions> = {}): Promise<T> {
    const guard = await openAnyTestGuard(this.path, { clock, ...options });
    try {
      return await use(guard);
    } finally {
      await guard.close();
    }
  }

  async handOver(to: CopiedPlace, at: bigint): Promise<HandoverReceipt> {
    const receipt = await this.with((guard) => guard.operator.handOver([KEY_A], epoch(at), ACT));
    await to.with(async (guard) => {
      await guard.operator.takeOver(receipt, ACT);
      await guard.admitKey(KEY_A, false);
    });
    return receipt;
  }

  /** @param options how the destination is opened */
  async copyFrozenTo(to: CopiedPlace, options: Partial<OpenGuardOptions> = {}): Promise<void> {
    const { shared } = await overAny({ ...TRUSTING, path: this.path });
    const from = shared ? { url: shared.url, passwordFile: null } : { path: this.path };
    const opened = await overAny({ ...TRUSTING, clock, ...options, path: to.path });
    await copyDatabase(from, opened, 'a test', 'the source');
  }

  /** And lifts the freeze that an earlier copy from there put on the destination. */
  async copyTo(to: CopiedPlace): Promise<void> {
    await this.copyFrozenTo(to);
    await to.with((guard) => guard.operator.unfreeze('all', ACT));
  }

  vote(target: number): Promise<string> {
    return this.with((guard) => verdict(guard, KEY_A, att(target - 1, target)));
  }
}
