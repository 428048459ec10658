import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { encodeRow, parsePeriod, type LedgerRow } from '../../monitor/splits/index.ts';
import { daysOf, slotsOfDay } from '../../monitor/splits/period.ts';

/** Mainnet's clock. */
const CHAIN = {
  network: 'mainnet',
  chainId: 1n,
  genesisTimeSeconds: 1606824023n,
  slotDurationMs: 12000n,
  slotsPerEpoch: 32n,
};
const OPERATORS = 20;

/** A month of a large pool as a ledger file: every validator has a row a day, and now and then a block. */
export function makeLedger(path: string, period: string, validators: number): void {
  const range = parsePeriod(period, CHAIN);
  const days = daysOf(range, CHAIN).map((day) => ({ day, ...slotsOfDay(day, range, CHAIN) }));
  const file = openSync(path, 'w');
  let pending: string[] = [];
  const line = (value: object): void => {
    pending.push(JSON.stringify(value));
    if (pending.length < 2000) return;
    writeSync(file, `${pending.join('\n')}\n`);
    pending = [];
  };
  line({
    'vigil-ledger': {
      version: '1',
      network: CHAIN.network,
      chainId: '1',
      genesisTimeSeconds: '1606824023',
      slotDurationMs: '12000',
      slotsPerEpoch: '32',
    },
  });
  for (const slot of [range.startSlot - 1n, range.endSlot])
    line({
      checkpoint: {
        slot: slot.toString(),
        blockRoot: `0x${slot.toString(16).padStart(64, '0')}`,
        stateRoot: `0x${slot.toString(16).padStart(64, 'f')}`,
        executionBlock: slot.toString(),
      },
    });
  for (const { day } of days) {
    line({
      'network-day': {
        day,
        duties: {
          attestations: ['225000000', '223000000'],
          proposals: ['7200', '7130'],
          sync: ['3686400', '3540000'],
        },
      },
    });
    line({ price: { day, currency: 'EUR', price: '3141.59' } });
  }
  for (let index = 0; index < validators; index += 1)
    for (const row of rowsOf(index, days)) line({ row: encodeRow(row) });
  line({ end: { rows: (validators * days.length).toString() } });
  writeSync(file, `${pending.join('\n')}\n`);
  closeSync(file);
}

function* rowsOf(
  index: number,
  days: readonly { readonly day: string; readonly startSlot: bigint; readonly endSlot: bigint }[],
): Generator<LedgerRow> {
  let balance = 32_000_000_000n;
  for (const [position, { day, startSlot, endSlot }] of days.entries()) {
    const salt = BigInt((index * 31 + position) % 1009);
    const proposes = salt === 7n;
    const attestationGwei = 2_050_000n + salt * 11n - (salt === 13n ? 2_900_000n : 0n);
    const proposerGwei = proposes ? 41_000_000n : 0n;
    const withdrawn = position % 9 === 8 ? balance + attestationGwei + proposerGwei - 32_000_000_000n : 0n;
    const closing = balance + attestationGwei + proposerGwei - (withdrawn > 0n ? withdrawn : 0n);
    yield {
      validatorIndex: BigInt(500_000 + index),
      pubkey: `0x${index.toString(16).padStart(96, '0')}`,
      tags: [`operator-${index % OPERATORS}`],
      day,
      startSlot,
      endSlot,
      finalized: true,
      attestationGwei,
      syncGwei: 0n,
      proposerGwei,
      slashingGwei: 0n,
      withdrawalsPartialGwei: withdrawn > 0n ? withdrawn : 0n,
      withdrawalsFullGwei: 0n,
      depositsGwei: 0n,
      consolidationGwei: 0n,
      openingBalanceGwei: balance,
      closingBalanceGwei: closing,
      residualGwei: 0n,
      effectiveBalanceGwei: 32_000_000_000n,
      duties: {
        attestations: { assigned: 225n, included: salt === 13n ? 40n : 225n },
        proposals: { assigned: proposes ? 1n : 0n, included: proposes ? 1n : 0n },
        sync: { assigned: 0n, included: 0n },
      },
      execution: proposes
        ? [
            {
              slot: startSlot,
              amountWei: 51_234_567_890_123_457n,
              kind: 'mev',
              method: 'relay',
              confidence: 'exact',
            },
          ]
        : [],
    };
    balance = closing;
  }
}

/** Operators with a commission, and stakers of whom every tenth changed the stake within the month. */
export function makePool(path: string, participants: number): void {
  const address = (n: number): string => `0x${(n + 1).toString(16).padStart(40, '0')}`;
  const operators = Array.from({ length: OPERATORS }, (_, n) => `operator-${n}`);
  const lines = ['version: 1', 'pool: {name: Bench, network: mainnet}', 'validators:'];
  for (const id of operators) lines.push(`  - {tags: [${id}], operator: ${id}}`);
  lines.push('participants:');
  for (let n = 0; n < participants; n += 1) {
    const id = operators[n] ?? `staker-${n}`;
    const later = n % 10 === 0 ? `, {from: 2026-10-${(n % 28) + 2}, eth: ${n % 300}}` : '';
    lines.push(`  - {id: ${id}, address: "${address(n)}", stake: [{eth: ${(n % 97) + 1}.5}${later}]}`);
  }
  lines.push('commission:');
  for (const id of operators) lines.push(`  - {to: ${id}, rate: 10%, of: own-validators}`);
  lines.push(
    'performance: {action: zero, network-minus: 3%}',
    'merkle: {kind: period}',
    'tax: {currency: EUR, formats: []}',
  );
  writeFileSync(path, `${lines.join('\n').replaceAll(/2026-10-(\d),/g, '2026-10-0$1,')}\n`);
}
