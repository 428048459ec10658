import { SlotClock } from '../../../core/chain/slot-clock.ts';
import {
  judgeServer,
  shownUrl,
  SLASHING_DB_ERRORS,
  verifyServer,
  type ServerJudgement,
  type SharedPlace,
} from '../../../slashing-db/index.ts';
import { anchorPaths } from '../../database/guard-options.ts';
import { fault, good, warning, type Finding } from '../finding.ts';
import type { Patient } from '../patient.ts';
import { held, network } from './database-state.ts';

/** Whether a database that others share lets this signer start, and its keys sign. */
export async function ofServer(patient: Patient, place: SharedPlace): Promise<Finding[]> {
  const judgement = await judgeServer(place, anchorPaths(patient.settings));
  const { genesisValidatorsRoot, protection, controls, instances } = judgement.status;
  const url = shownUrl(place.url);
  return [
    good(`${url} is reached; ${instances.length} signers are known to it`),
    ...network(patient, url, genesisValidatorsRoot),
    evidence(judgement, place),
    ...(patient.thorough ? await soundness(place, url) : []),
    ...clocks(patient, judgement),
    ...replication(judgement),
    ...held(protection, controls),
  ];
}

/** As the next start will see it. */
function evidence({ verdict }: ServerJudgement, { instance }: SharedPlace): Finding {
  switch (verdict.kind) {
    case 'trusted':
      return good(`it agrees with the anchors of the signer ${instance}`);
    case 'rolled-back':
      return refused('DB_ROLLED_BACK', verdict.found);
    case 'unknown':
      return refused('DB_SIGNER_UNKNOWN', `it does not know the signer ${instance}: ${verdict.found}`);
    case 'of-another':
      return refused(
        'ANCHOR_OF_ANOTHER_SIGNER',
        `the anchor ${verdict.path} is kept by the signer ${verdict.signer}, and this is ${instance}`,
      );
  }
}

const refused = (
  code: 'DB_ROLLED_BACK' | 'DB_SIGNER_UNKNOWN' | 'ANCHOR_OF_ANOTHER_SIGNER',
  found: string,
): Finding => fault(`the next start ends with ${code}: ${found}`, SLASHING_DB_ERRORS[code].hint);

async function soundness(place: SharedPlace, url: string): Promise<Finding[]> {
  const { instances, uncovered } = await verifyServer(place);
  const broken = instances.filter(({ history }) => history.fault !== null).map(({ name }) => name);
  if (broken.length === 0 && uncovered.length === 0) return [good('all histories are whole')];
  return [
    fault(
      `${url} is not sound: ${[...broken.map((name) => `the history of ${name}`), ...uncovered].join('; ')}`,
      'Stop all signers; `vigil slashing-db verify` says more.',
    ),
  ];
}

/** Either this clock is slow, or that of the signer who was here was fast. */
function clocks({ spec, nowMs }: Patient, { latestSlots }: ServerJudgement): Finding[] {
  if (spec === null) return [];
  const now = new SlotClock(spec, nowMs).currentSlot();
  return latestSlots
    .filter(({ slot }) => slot > now + 1n)
    .map(({ signer, slot }) =>
      fault(
        `the signer ${signer} has put slot ${slot} on record, by this clock it is slot ${now}`,
        `Compare this clock and that of ${signer}, and set right the one that is wrong; if that has put on record what is not true: \`vigil slashing-db accept-clock\`.`,
      ),
    );
}

function replication({ standbysNotWaitedFor }: ServerJudgement): Finding[] {
  if (standbysNotWaitedFor === 0) return [];
  return [
    warning(
      `${standbysNotWaitedFor} standbys follow the server, and no commit waits for any: synchronous_standby_names is empty`,
      'Set it, or never fail over by itself: a standby that lacks commits no longer knows what was signed (docs/high-availability.md).',
    ),
  ];
}
