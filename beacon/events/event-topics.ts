/** Topics of `/eth/v1/events` that are read. */
export const EVENT_TOPICS = [
  'head',
  'block',
  'chain_reorg',
  'finalized_checkpoint',
  'proposer_slashing',
  'attester_slashing',
] as const;

export type EventTopic = (typeof EVENT_TOPICS)[number];

export const isEventTopic = (name: string): name is EventTopic =>
  EVENT_TOPICS.some((topic) => topic === name);
