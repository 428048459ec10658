import { existsSync } from 'node:fs';
import { databasePath } from '../../../signer/data-directory.ts';
import { judgeDatabase, readDatabaseStatus, verifyDatabase } from '../../../slashing-db/index.ts';
import { describeHistory } from '../../output/describe-history.ts';
import { anchorPaths } from '../../database/guard-options.ts';
import { serverPlace } from '../../database/server-place.ts';
import { fault, good, note, warning, type Finding } from '../finding.ts';
import type { Check, Patient } from '../patient.ts';
import { held, network } from './database-state.ts';
import { ofServer } from './database-server.ts';

/** Whether the slashing database is sound, agrees with its anchors, and lets keys sign. */
export const database: Check = {
  name: 'slashing database',
  inspect: (patient) => {
    const place = serverPlace(patient.settings);
    return place === null ? ofFile(patient) : ofServer(patient, place);
  },
};

function ofFile(patient: Patient): Finding[] {
  const { settings } = patient;
  const path = databasePath(settings['data-dir']);
  if (!existsSync(path)) return missing(path, anchorPaths(settings));
  const { genesisValidatorsRoot, protection, controls } = readDatabaseStatus(path);
  return [
    ...network(patient, path, genesisValidatorsRoot),
    ...soundness(patient, path),
    ...evidence(patient, path),
    ...held(protection, controls),
  ];
}

function missing(path: string, anchors: readonly string[]): Finding[] {
  const verdict = judgeDatabase(path, anchors);
  if (verdict.kind === 'rolled-back') {
    return [
      fault(`there is none at ${path}: ${verdict.found}`, 'The next start is refused: docs/recovery.md.'),
    ];
  }
  return [
    note(
      `there is none at ${path} yet`,
      'If keys signed elsewhere: vigil slashing-db import FILE, before the first start.',
    ),
  ];
}

function soundness({ settings, thorough }: Patient, path: string): Finding[] {
  const { file, history, uncovered } = verifyDatabase(path, anchorPaths(settings), thorough);
  if (file.length > 0 || history.fault !== null || uncovered.length > 0) {
    const faults = [...file, ...(history.fault === null ? [] : [describeHistory(history)])].join('; ');
    return [
      fault(
        `${path} is not sound: ${faults || 'the watermarks do not cover what was signed'}`,
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
      return [
        warning(
          `the next start raises all keys to the present: ${verdict.why}`,
          'They are then silent until the next epoch. If an anchor is gone or damaged, find out why.',
        ),
      ];
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
