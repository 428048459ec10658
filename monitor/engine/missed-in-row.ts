import type { Epoch } from '../../core/units.ts';
import type { AttestationVerdict } from '../model/verdicts.ts';

/** Epochs in a row in which no block had a validator's vote: one is bad luck, three are a machine that is down. */
export class MissedInRow {
  readonly #final = new Map<number, number>();

  /** Verdicts of one final epoch. What is unknown neither lengthens nor ends a row. */
  final(verdicts: readonly AttestationVerdict[]): void {
    count(this.#final, verdicts);
  }

  /** Rows as they are when the epochs that are closed and not final are added, oldest first. */
  with(
    epochs: readonly { readonly epoch: Epoch; readonly verdicts: readonly AttestationVerdict[] }[],
  ): ReadonlyMap<number, number> {
    const rows = new Map(this.#final);
    for (const { verdicts } of epochs) count(rows, verdicts);
    return rows;
  }
}

function count(rows: Map<number, number>, verdicts: readonly AttestationVerdict[]): void {
  for (const { validatorIndex, result } of verdicts) {
    if (result === 'unknown') continue;
    if (result === 'missed') rows.set(validatorIndex, (rows.get(validatorIndex) ?? 0) + 1);
    else rows.delete(validatorIndex);
  }
}
