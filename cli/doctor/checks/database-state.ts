import type { Root } from '../../../core/units.ts';
import type { KeyControl, Protection } from '../../../slashing-db/index.ts';
import { fault, warning, type Finding } from '../finding.ts';
import type { Patient } from '../patient.ts';

/** A database of another network, wherever it is. */
export function network({ spec }: Patient, where: string, root: Root): Finding[] {
  if (spec === null || root === spec.genesisValidatorsRoot) return [];
  return [
    fault(
      `${where} is of genesis validators root ${root}, the configuration of ${spec.genesisValidatorsRoot}`,
      'Use the database of this network, or set --network right.',
    ),
  ];
}

/** What keeps keys from signing, wherever the database is. */
export function held({ frozen: all }: Protection, controls: ReadonlyMap<unknown, KeyControl>): Finding[] {
  const frozen = [...controls.values()].filter((control) => control.frozen !== null).length;
  return [
    ...(all === null
      ? []
      : [warning(`all keys are frozen: ${all.reason}`, 'vigil keys unfreeze --all --reason TEXT')]),
    ...(frozen === 0
      ? []
      : [warning(`${frozen} keys are frozen`, 'vigil slashing-db status shows which and why.')]),
  ];
}
