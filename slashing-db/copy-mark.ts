import type { Freeze } from './key-controls.ts';

/** Of a freeze that a copy laid on its source, and nobody else. */
const PREFIX = 'DB_COPIED: ';
const BEFORE = '; frozen before: ';

/**
 * What a source is frozen for once it was copied: whoever starts a signer there by accident, as machines do that start
 * again by themselves, must not sign beside the one on the destination.
 * @param before the operator's own freeze, which whoever lifts this one has to know of
 */
export const copiedTo = (to: string, by: string, before: Freeze | null): string =>
  `${PREFIX}copied to ${to} by ${by}` + (before === null ? '' : `${BEFORE}${before.reason}`);

/** The freeze as it was before the source was copied the first time: ours does not go on to a destination. */
export function beforeCopy(frozen: Freeze | null): Freeze | null {
  if (frozen === null || !frozen.reason.startsWith(PREFIX)) return frozen;
  const at = frozen.reason.indexOf(BEFORE);
  return at === -1 ? null : { ...frozen, reason: frozen.reason.slice(at + BEFORE.length) };
}
