import fc from 'fast-check';
import type { LedgerRow } from '../../../../monitor/splits/ledger/ledger-port.ts';
import { row } from '../../../support/splits-ledger.ts';

const ETH = 1_000_000_000n;

const gwei = (min: bigint, max: bigint) => fc.bigInt({ min, max });

const day = fc.record({
  attestationGwei: gwei(-3_000_000n, 3_000_000n),
  syncGwei: gwei(-1_000_000n, 1_000_000n),
  proposerGwei: gwei(0n, 50_000_000n),
  slashingGwei: fc.oneof({ weight: 9, arbitrary: fc.constant(0n) }, { weight: 1, arbitrary: gwei(-ETH, 0n) }),
  /** Of what is in the balance; a withdrawal that is asked for may take principal. */
  withdrawnShare: fc.oneof(
    { weight: 3, arbitrary: fc.constant(0n) },
    { weight: 1, arbitrary: gwei(0n, 100n) },
  ),
  depositsGwei: fc.oneof(
    { weight: 8, arbitrary: fc.constant(0n) },
    { weight: 1, arbitrary: gwei(ETH, 32n * ETH) },
  ),
  amountWei: gwei(0n, 10n ** 17n),
  confidence: fc.constantFrom('exact', 'probable', 'unresolved'),
  hasBlock: fc.boolean(),
});

/** A validator from its deposit to the day that everything is withdrawn, or still at work at the end. */
export const life = (validator: number) =>
  fc
    .record({ days: fc.array(day, { minLength: 1, maxLength: 8 }), exits: fc.boolean() })
    .map(({ days, exits }) => {
      const rows: LedgerRow[] = [];
      for (const [at, { withdrawnShare, amountWei, confidence, hasBlock, ...parts }] of days.entries()) {
        const openingBalanceGwei = rows.at(-1)?.closingBalanceGwei ?? 0n;
        const depositsGwei = at === 0 ? 32n * ETH : parts.depositsGwei;
        const moving = openingBalanceGwei + depositsGwei;
        const income = parts.attestationGwei + parts.syncGwei + parts.proposerGwei + parts.slashingGwei;
        const before = moving + income;
        const last = at === days.length - 1 && exits;
        const withdrawalsPartialGwei = before > 0n && !last ? (before * withdrawnShare) / 200n : 0n;
        const startSlot = BigInt(at) * 7200n;
        const execution = hasBlock
          ? [{ slot: startSlot + 5n, amountWei, kind: 'mev', method: 'relay', confidence } as const]
          : [];
        rows.push(
          row(validator, at + 1, {
            ...parts,
            tags: [validator % 2 === 0 ? 'even' : 'odd', 'all'],
            openingBalanceGwei,
            depositsGwei,
            withdrawalsPartialGwei,
            withdrawalsFullGwei: last ? before : 0n,
            execution,
          }),
        );
      }
      return { rows, exits };
    });

export const lives = fc
  .integer({ min: 1, max: 4 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, validator) => life(validator))));
