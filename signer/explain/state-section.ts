import { REFUSALS, type Freeze, type KeyStatus, type RefusalReason } from '../../slashing-db/index.ts';
import { HTTP_ERRORS } from '../http/http-errors.ts';
import type { ExplainSources } from './explain-sources.ts';
import type { ExplainSection, PresentRefusal } from './explanation.ts';

export const EVERYTHING = 'everything';
export const BLOCKS_AND_VOTES = 'blocks and attestations';

/** A refusal of the guard, with the words of its catalogue. */
export const guardRefusal = (
  what: string,
  code: RefusalReason,
  why: string = REFUSALS[code].summary,
): PresentRefusal => ({ what, code, why, needed: REFUSALS[code].hint });

/** Is the key here, may it sign at all, and who said so? */
export function stateSection(sources: ExplainSources): ExplainSection {
  return (pubkey) => {
    const status = sources.statusOf(pubkey);
    const { frozen } = sources.protection();
    const silenced = sources.silenced(pubkey);
    const presence = sources.presence(pubkey);
    return {
      id: 'state',
      entries: {
        state: wordsFor(status, presence, frozen !== null, silenced !== null),
        frozen: status.frozen === null ? null : freezeText(status.frozen),
        all_keys_frozen: frozen === null ? null : freezeText(frozen),
        silent: silenced,
        handed_over_from_epoch: status.outEpoch?.toString() ?? null,
        taken_over_from_epoch: status.inEpoch?.toString() ?? null,
        clock: sources.clockDoubt(),
      },
      refusals: [...ofPresence(sources, presence, status), ...ofControls(sources, status, silenced)],
    };
  };
}

function wordsFor(
  { state, frozen, outEpoch, inEpoch }: KeyStatus,
  presence: ReturnType<ExplainSources['presence']>,
  allFrozen: boolean,
  silent: boolean,
): string[] {
  const words: [string, boolean][] = [
    [presence, true],
    [state, true],
    ['frozen', frozen !== null || allFrozen],
    ['silent', silent],
    ['handed over', outEpoch !== null],
    ['taken over', inEpoch !== null],
  ];
  return words.flatMap(([word, applies]) => (applies ? [word] : []));
}

function ofPresence(
  { unavailable }: ExplainSources,
  presence: ReturnType<ExplainSources['presence']>,
  { state }: KeyStatus,
): PresentRefusal[] {
  const none = unavailable();
  const { summary, hint } = HTTP_ERRORS.UNKNOWN_KEY;
  return [
    ...(presence === 'missing'
      ? [{ what: EVERYTHING, code: 'UNKNOWN_KEY', why: summary, needed: hint }]
      : []),
    ...(none === null ? [] : [guardRefusal(EVERYTHING, none.reason, none.detail)]),
    ...(state === 'deleted' ? [guardRefusal(EVERYTHING, 'KEY_DELETED')] : []),
    // A keystore that is stored is admitted when the signer starts.
    ...(state === 'unknown' && presence !== 'stored' ? [guardRefusal(EVERYTHING, 'KEY_NOT_ADMITTED')] : []),
  ];
}

function ofControls(sources: ExplainSources, status: KeyStatus, silenced: string | null): PresentRefusal[] {
  const { frozen } = sources.protection();
  const doubt = sources.clockDoubt();
  const noHistory =
    sources.onMissingHistory === 'refuse' && status.block === null && status.attestation === null;
  const now = sources.clock.currentEpoch();
  const over = status.outEpoch !== null && now >= status.outEpoch;
  return [
    ...(silenced === null ? [] : [guardRefusal(EVERYTHING, 'DOPPELGANGER_WATCH', silenced)]),
    ...(frozen === null ? [] : [guardRefusal(EVERYTHING, 'ALL_FROZEN', freezeText(frozen))]),
    ...(status.frozen === null ? [] : [guardRefusal(EVERYTHING, 'KEY_FROZEN', freezeText(status.frozen))]),
    ...(doubt === null ? [] : [guardRefusal(BLOCKS_AND_VOTES, 'CLOCK_UNTRUSTED', doubt)]),
    ...(noHistory ? [guardRefusal(BLOCKS_AND_VOTES, 'MISSING_HISTORY')] : []),
    ...(over
      ? [guardRefusal(BLOCKS_AND_VOTES, 'KEY_HANDED_OVER', `handed over from epoch ${status.outEpoch}`)]
      : []),
  ];
}

const freezeText = ({ reason, sinceMs }: Freeze): string =>
  `since ${new Date(Number(sinceMs)).toISOString()}: ${reason}`;
