import { startSlotOfEpoch } from '../../core/chain/chain-spec.ts';
import { judgeVotes } from '../attestations/judge.ts';
import type { BlockFacts } from '../model/block-facts.ts';
import type { AttestationVerdict } from '../model/verdicts.ts';
import { finalView, tagBefore, type UnitRequest, type UnitSources } from './collect-unit.ts';

/** What the signers are to be asked about of an epoch. */
export interface EpochMessages {
  readonly verdicts: readonly AttestationVerdict[];
  /** Of the epoch and the next, which may have its votes. */
  readonly blocks: readonly BlockFacts[];
}

/**
 * Reads the votes and blocks of a final epoch once more, without anything else that a record of it needs.
 * @throws what the nodes fail with
 */
export async function votesOfEpoch(
  sources: UnitSources,
  request: Pick<UnitRequest, 'epoch' | 'finalizedRoot' | 'answers'>,
): Promise<EpochMessages> {
  const { spec } = sources;
  const { epoch, answers } = request;
  const first = startSlotOfEpoch(spec, epoch);
  const view = await finalView(sources, request);
  const seats = await answers.seats(epoch, tagBefore(view, first));
  const { verdicts } = judgeVotes(seats, view, spec);
  return { verdicts, blocks: view.blocks };
}
