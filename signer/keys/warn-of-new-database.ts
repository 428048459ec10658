import type { Logger } from '../../core/log/logger.ts';
import type { OnMissingHistory } from '../../slashing-db/index.ts';

const CONSEQUENCE: Readonly<Record<OnMissingHistory, string>> = {
  floor: 'nothing slashable is signed before the next epoch (on-missing-history is floor)',
  refuse: 'nothing slashable is signed before their history is imported (on-missing-history is refuse)',
  trust:
    'THEY ARE TAKEN TO HAVE SIGNED NOTHING, and if they have, they can be slashed (on-missing-history is trust)',
};

/** Keys that are older than the database: it was lost, or they come from elsewhere without their history. */
export function warnOfNewDatabase(keys: number, onMissingHistory: OnMissingHistory, log: Logger): void {
  log[onMissingHistory === 'trust' ? 'error' : 'warn'](
    {
      keys,
      code: 'NEW_DATABASE_FOR_OLD_KEYS',
      hint: 'If they signed before, stop the signer, import their history (vigil slashing-db import FILE) and start again.',
    },
    `the slashing database is new and has no history of the ${keys} key(s) in the data directory: ${CONSEQUENCE[onMissingHistory]}`,
  );
}
