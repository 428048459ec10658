/**
 * The watch for foreign signatures. What turns blocks and votes into seen messages needs SSZ types and is loaded by
 * itself, after a preset was chosen: `await import('./see.ts')`.
 */
export { FOREIGN_ERRORS, foreignError } from './foreign-errors.ts';
export { FROZEN } from './accused.ts';
export {
  ForeignWatch,
  type CheckCounts,
  type ForeignStore,
  type ForeignWatchOptions,
} from './foreign-watch.ts';
export { blockWitnesses, type Testimony } from './block-witnesses.ts';
export { decodeSeen, encodeSeen } from './seen-message-json.ts';
export type { SeenMessage } from './seen-message.ts';
export { localDoor, signerDoors, urlDoor, type SignerDoor } from './signer-doors.ts';
export { SignerHistory } from './signer-history.ts';
