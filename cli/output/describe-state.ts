import type { Freeze, KeyControl } from '../../slashing-db/index.ts';

/** A key's state with what was laid on it, for a table. @param allFrozen the freeze of all keys, if there is one */
export function describeState(
  state: string,
  control: KeyControl | undefined,
  allFrozen: Freeze | null,
): string {
  const { frozen = null, outEpoch = null, inEpoch = null } = control ?? {};
  return [
    state,
    ...(frozen === null && allFrozen === null ? [] : ['frozen']),
    ...(outEpoch === null ? [] : [`handed over at ${outEpoch}`]),
    ...(inEpoch === null ? [] : [`taken over at ${inEpoch}`]),
  ].join(', ');
}
