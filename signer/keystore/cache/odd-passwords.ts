import type { ProvenRecord } from './unlock-cache.ts';

/**
 * A keystore that is as it was under a password that is not means that the password's file was damaged: who sets a new
 * password writes the keystore anew. Which one it is cannot be seen, but where many keystores share a password, the rare
 * ones among them are suspects. A try costs a scrypt, as opening one keystore does, so there are no more than half as many
 * as there are keystores under the commonest.
 * @returns the records without those of suspects, the likeliest first
 */
export function withoutOddPasswords(records: readonly ProvenRecord[]): ProvenRecord[][] {
  const byPassword = Map.groupBy(records, ({ proof }) => Buffer.from(proof.password).toString('hex'));
  const groups = [...byPassword.values()];
  const sizes = [...new Set(groups.map(({ length }) => length))].sort((one, other) => one - other);
  const commonest = sizes.at(-1) ?? 0;
  const rare = sizes.slice(0, -1).map((size) => groups.filter(({ length }) => length > size).flat());
  const singles = groups.filter(({ length }) => length === 1 && commonest > 1);
  // A single suspect is what the rarest are already.
  const eachAlone = singles.length < 2 ? [] : singles.map(([odd]) => records.filter((one) => one !== odd));
  return [...rare, ...eachAlone].slice(0, commonest >> 1);
}
