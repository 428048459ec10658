/** The door of `monitor/proposals/`: turns to propose, and what became of them. */
export { collectProposalFacts, dutiesOfWatched, type FactsWanted } from './collect.ts';
export {
  judgeProposals,
  upcoming,
  type ProposalDuty,
  type ProposalFacts,
  type ProposalQuestion,
  type Proposals,
  type SeenBlock,
  type SlotRange,
} from './judge.ts';
export { ProposerSchedule } from './schedule.ts';
