import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeRow } from '../../monitor/splits/ledger/row-json.ts';
import type { LedgerRow } from '../../monitor/splits/ledger/ledger-port.ts';
import { CHAIN, january } from './splits-ledger.ts';

export const HEADER = {
  'vigil-ledger': {
    version: '1',
    network: CHAIN.network,
    chainId: '1',
    genesisTimeSeconds: CHAIN.genesisTimeSeconds.toString(),
    slotDurationMs: '12000',
    slotsPerEpoch: '32',
  },
};

const root = (slot: number): string => `0x${slot.toString(16).padStart(64, '0')}`;

/** The lines of a ledger file with checkpoints at every day's end of January and prices in euro. */
export function ledgerLines(rows: readonly LedgerRow[]): object[] {
  const days = Array.from({ length: 10 }, (_, index) => index + 1);
  return [
    HEADER,
    ...days.map((day) => ({
      checkpoint: {
        slot: `${day * 7200 - 1}`,
        blockRoot: root(day),
        stateRoot: root(day + 100),
        executionBlock: `${day * 7000}`,
      },
    })),
    ...days.map((day) => ({
      'network-day': {
        day: january(day),
        duties: { attestations: ['1000', '990'], proposals: ['0', '0'], sync: ['0', '0'] },
      },
    })),
    ...days.map((day) => ({ price: { day: january(day), currency: 'EUR', price: `${3000 + day}.5` } })),
    ...rows.map((row) => ({ row: encodeRow(row) })),
    { end: { rows: `${rows.length}` } },
  ];
}

export const writeLines = (path: string, lines: readonly unknown[]): void =>
  writeFileSync(
    path,
    lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''),
  );

/** A folder that is gone after use. */
export function inFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-splits-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
