import { openStore } from '../../monitor/store/index.ts';
import { luckOf, type Luck } from './network/members.ts';

/**
 * Looks into the monitor's database: what was measured is only worth something if the monitor found every vote as the
 * network made it, and every balance as it must be.
 * @throws otherwise
 */
export function assertUnderstood(databasePath: string, watched: readonly number[]): void {
  const store = openStore({ path: databasePath });
  try {
    const due: Record<Luck, number> = { perfect: 0, late: 0, missed: 0 };
    for (const validator of watched)
      for (const { first, last } of store.coverage(validator))
        for (let epoch = first; epoch <= last; epoch += 1n) due[luckOf(validator, Number(epoch))] += 1;
    const [found] = store.query.attestationsByGroup({}).rows;
    for (const luck of ['perfect', 'late', 'missed'] as const) {
      const seen = found?.results[luck] ?? 0n;
      if (seen !== BigInt(due[luck]))
        throw new Error(`of ${due[luck]} ${luck} votes the monitor found ${seen}`);
    }
    for (const { key, absoluteResidualGwei } of store.query.ledgerTotals({}, 'day').rows)
      if (absoluteResidualGwei !== 0n)
        throw new Error(`the ledger of ${key} does not come out even: ${absoluteResidualGwei} Gwei`);
  } finally {
    store.close();
  }
}
