import { stripVTControlCharacters } from 'node:util';
import type { Chapter } from '../story.ts';
import type { Scene, ValidatorScene, VoteResult } from '../world/scene.ts';

export type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan';

/** Colours a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

/** Every line fits into this many columns. */
export const COLUMNS = 98;

/** What a person likes to watch: the chain, our validators, signer and monitor, and how far the story is. */
export function drawScene(
  { chain, signer, monitor, validators }: Scene,
  chapters: readonly Chapter[],
  urls: { readonly signer: string; readonly monitor: string },
  paint: Paint,
): string[] {
  const place = chain.slot % chain.slotsPerEpoch;
  const bar = '▰'.repeat(place + 1) + paint('dim', '▱'.repeat(chain.slotsPerEpoch - place - 1));
  const when =
    chain.secondsToGenesis > 0
      ? `genesis in ${Math.ceil(chain.secondsToGenesis)} s`
      : `slot ${chain.slot}   epoch ${chain.epoch} ${bar}   justified ${chain.justifiedEpoch}   finalized ${chain.finalizedEpoch}`;
  const blocks = chain.blocks.map((whose) => BLOCKS[whose]).map(([style, mark]) => paint(style, mark));
  return [
    `${paint('bold', 'chain')}     ${chain.validators} validators, ${validators.length} of them ours   ${when}`,
    `blocks    ${blocks.join('')}`,
    '',
    paint('dim', 'validator  key               votes, an epoch each  blocks           ETH  state'),
    ...validators.map((validator) => drawValidator(validator, paint)),
    '',
    `${paint('bold', 'signer')}    ${`${signer.signed} signed, ${signer.refused} refused`.padEnd(62)}${paint('dim', urls.signer)}`,
    `${paint('bold', 'monitor')}   ${`${finalText(monitor.lastFinalEpoch)}${incomeText(monitor.rewardsGwei, eth, 'ETH')}, residual ${monitor.residualGwei}`.padEnd(62)}${paint('dim', urls.monitor)}`,
    '',
    ...chapters.map((chapter, index) => drawChapter(chapter, index, chapters, paint)),
    '',
    paint(
      'dim',
      'blocks: ■ ours ▪ of others · none   votes: ■ perfect ▪ late or wrong × missed · not known yet',
    ),
  ].map(cut);
}

const BLOCKS = {
  ours: ['green', '■'],
  others: ['dim', '▪'],
  none: ['yellow', '·'],
} as const satisfies Record<string, readonly [Style, string]>;

const VOTES: Record<VoteResult, readonly [Style, string]> = {
  perfect: ['green', '■'],
  late: ['yellow', '▪'],
  wrong_head: ['yellow', '▪'],
  wrong_target: ['yellow', '▪'],
  missed: ['red', '×'],
  unknown: ['dim', '·'],
};

/** As wide as its heading. */
const VOTE_WIDTH = 20;

function drawValidator(
  { index, pubkey, votes, proposals, balanceGwei, frozen }: ValidatorScene,
  paint: Paint,
): string {
  const marks = votes.map((vote) => paint(...VOTES[vote])).join('');
  const state = frozen ? paint('red', 'FROZEN, it signs elsewhere') : paint('green', 'signs');
  return [
    `${index}`.padEnd(9),
    `${pubkey.slice(0, 10)}…${pubkey.slice(-4)}`.padEnd(16),
    marks + ' '.repeat(Math.max(0, VOTE_WIDTH - votes.length)),
    `${proposals}`.padStart(6),
    (balanceGwei === null ? '' : eth(balanceGwei)).padStart(12),
    state,
  ].join('  ');
}

const finalText = (epoch: number | null): string => (epoch === null ? '' : `final to epoch ${epoch}, `);

function drawChapter(chapter: Chapter, index: number, all: readonly Chapter[], paint: Paint): string {
  if (chapter.outcome !== null) return `${paint('green', '✓')} ${chapter.outcome}`;
  const next = index === 0 || all[index - 1]?.outcome !== null;
  return next ? `${paint('cyan', '…')} ${chapter.title}` : paint('dim', `  ${chapter.title}`);
}

/** A loss is not called something earned: while votes are missing there is one. */
export const incomeText = (gwei: bigint, shown: (gwei: bigint) => string, unit: string): string =>
  gwei < 0n ? `${shown(-gwei)} ${unit} lost` : `${shown(gwei)} ${unit} earned`;

/** Gwei as ETH, exactly. */
const eth = (gwei: bigint): string => {
  const sign = gwei < 0n ? '-' : '';
  const absolute = gwei < 0n ? -gwei : gwei;
  return `${sign}${absolute / 1_000_000_000n}.${(absolute % 1_000_000_000n).toString().padStart(9, '0')}`;
};

/** A line that is too long would wrap, and the picture would no longer stand still. */
function cut(line: string): string {
  const text = stripVTControlCharacters(line);
  return text.length <= COLUMNS ? line : `${text.slice(0, COLUMNS - 1)}…`;
}
