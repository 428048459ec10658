/** The door of `monitor/chain/`: blocks as facts, and stretches of the chain made of them. */
export type { BeaconSource } from './beacon-source.ts';
export { blockFacts } from './block-facts.ts';
export { CanonicalView, type CanonicalRun } from './canonical.ts';
export { CHAIN_ERRORS, chainError } from './chain-errors.ts';
