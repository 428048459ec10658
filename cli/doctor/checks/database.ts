import { existsSync } from 'node:fs';
import { databasePath } from '../../../signer/data-directory.ts';
import { judgeDatabase, readDatabaseStatus, verifyDatabase } from '../../../slashing-db/index.ts';
import { describeHistory } from '../../describe-history.ts';
import { anchorPaths } from '../../guard-options.ts';
import { fault, good, note, warning, type Finding } from '../finding.ts';
import type { Check, Patient } from '../patient.ts';

/** Whether the slashing database is sound, agrees with its anchors, and lets keys sign. */
export const database: Check = {
  name: 'slashing database',
  inspect: (patient) => {
    const path = databasePath(patient.settings['data-dir']);
    if (!existsSync(path)) {
      return [
        note(
          `there is none at ${path} yet`,
          'If keys signed elsewhere: vigil slashing-db import FILE, before the first start.',
        ),
      ];
    }
    return [
      ...network(patient, path),
      ...soundness(patient, path),
      ...evidence(patient, path),
      ...held(path),
    ];
  },
};

function network({ spec }: Patient, path: string): Finding[] {
  const { genesisValidatorsRoot } = readDatabaseStatus(path);
  if (spec === null || genesisValidatorsRoot === spec.genesisValidatorsRoot) return [];
  return [
    fault(
      `${path} is of genesis validators root ${genesisValidatorsRoot}, the configuration of ${spec.genesisValidatorsRoot}`,
      'Use the data directory of this network, or set --network right.',
    ),
  ];
}

function soundness({ settings, thorough }: Patient, path: string): Finding[] {
  const { file, history, uncovered } = verifyDatabase(path, anchorPaths(settings), thorough);
  if (file.length > 0 || history.fault !== null || uncovered.length > 0) {
    return [
      fault(
        `${path} is not sound: ${[...file, ...(history.fault === null ? [] : [describeHistory(history)])].join('; ') || 'the watermarks do not cover what was signed'}`,
        'Stop the signer and follow docs/recovery.md.',
      ),
    ];
  }
  return [
    good(thorough ? `sound; ${describeHistory(history)}` : 'sound; --thorough follows all of its history'),
  ];
}

/** As the next start will see it. */
function evidence({ settings }: Patient, path: string): Finding[] {
  const verdict = judgeDatabase(path, anchorPaths(settings));
  switch (verdict.kind) {
    case 'trusted':
      return [good('it agrees with its anchors')];
    case 'doubt':
      return [note(`the next start raises all keys to the present: ${verdict.why}`)];
    case 'foreign':
    case 'rolled-back':
      return [
        fault(
          verdict.found,
          'The next start is refused: read docs/recovery.md before anything else is done.',
        ),
      ];
  }
}

function held(path: string): Finding[] {
  const { protection, controls } = readDatabaseStatus(path);
  const frozen = [...controls.values()].filter((control) => control.frozen !== null).length;
  return [
    ...(protection.frozen === null
      ? []
      : [
          warning(
            `all keys are frozen: ${protection.frozen.reason}`,
            'vigil keys unfreeze --all --reason TEXT',
          ),
        ]),
    ...(frozen === 0
      ? []
      : [warning(`${frozen} keys are frozen`, 'vigil slashing-db status shows which and why.')]),
  ];
}
