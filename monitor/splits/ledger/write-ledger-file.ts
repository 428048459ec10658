import { ledgerDaysOf, slotsOfLedgerDay } from './ledger-days.ts';
import type { RewardLedger, SlotRange } from './ledger-port.ts';
import { encodeDuties, encodeRow } from './row-json.ts';

/** The largest slot; a day by itself, wherever the range begins and ends. */
const ANY: SlotRange = { startSlot: 0n, endSlot: 2n ** 63n - 1n };

/**
 * Writes the rows of a range as a ledger file. Checkpoints of every day's end go with them, so that any whole days out
 * of the file can be split, and what the ledger knows of the network.
 * @returns how many rows there are
 */
export function writeLedgerFile(
  ledger: RewardLedger,
  range: SlotRange,
  append: (line: string) => void,
): bigint {
  const { chain } = ledger;
  const put = (line: object): void => append(`${JSON.stringify(line)}\n`);
  put({
    'vigil-ledger': {
      version: chain.ledgerDay === undefined ? '1' : '2',
      network: chain.network,
      chainId: chain.chainId.toString(),
      genesisTimeSeconds: chain.genesisTimeSeconds.toString(),
      slotDurationMs: chain.slotDurationMs.toString(),
      slotsPerEpoch: chain.slotsPerEpoch.toString(),
      ...(chain.ledgerDay === undefined ? {} : { ledgerDay: chain.ledgerDay }),
    },
  });
  const days = ledgerDaysOf(range, chain);
  const slots = new Set([range.startSlot - 1n, range.endSlot]);
  for (const day of days) {
    const { startSlot, endSlot } = slotsOfLedgerDay(day, ANY, chain);
    slots.add(startSlot - 1n).add(endSlot);
  }
  for (const slot of [...slots].sort((a, b) => (a < b ? -1 : 1))) {
    const found = slot < 0n ? null : ledger.checkpoint(slot);
    if (found === null) continue;
    const { blockRoot, stateRoot, executionBlock } = found;
    put({
      checkpoint: {
        slot: slot.toString(),
        blockRoot,
        stateRoot,
        executionBlock: executionBlock.toString(),
      },
    });
  }
  for (const day of days) {
    const duties = ledger.networkDuties(day);
    if (duties !== null) put({ 'network-day': { day, duties: encodeDuties(duties) } });
  }
  let rows = 0n;
  for (const row of ledger.rows(range)) {
    put({ row: encodeRow(row) });
    rows += 1n;
  }
  put({ end: { rows: rows.toString() } });
  return rows;
}
