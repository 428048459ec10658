import { byText, formatEth } from '../amounts.ts';
import { parametersOf } from '../presets/lido-csm.ts';
import { currencyOf } from '../currency.ts';
import { rateName } from '../split/commission.ts';
import type { KeyTier, Moment, Pool, Selector, Span, Threshold, ValidatorRule } from './pool.ts';

/** A pool's rules in words, for `rewards check`: what a reader of the file should take from it. */
export function describePool(pool: Pool): string[] {
  const { unit } = currencyOf(pool, null);
  return [
    `${pool.name}, on ${pool.network}${pool.preset === null ? '' : `, by the rules of ${pool.preset}`}`,
    '',
    'Validators',
    ...pool.validators.map((rule) => describeRule(rule, unit)),
    '',
    'Income',
    `  ${incomeWords(pool)}`,
    ...(unit === 'ETH' ? [] : [`  every amount is in ${unit}`]),
    ...pool.expenses.map(
      ({ label, amountWei, on, to }) =>
        `  expense "${label}" of ${formatEth(amountWei)} ${unit} on ${at(on)}, paid to ${to ?? 'somebody outside'}`,
    ),
    ...pool.adjustments.map(
      ({ label, amountWei, on, fromHeld }) =>
        `  adjustment "${label}" of ${formatEth(amountWei)} ${unit} on ${at(on)}${fromHeld ? ', from what was held back' : ''}`,
    ),
    '',
    'Losses',
    `  ${lossWords(pool)}`,
    ...[...pool.loss.bonds].map(
      ([id, bond]) => `  ${id} answers for slashing of own validators with ${formatEth(bond)} ${unit}`,
    ),
    '',
    'Commission',
    ...(pool.commission.length === 0
      ? ['  none']
      : pool.commission.map(
          (line) =>
            `  ${line.to}: ${rateName(line.rate, unit)} on ${{ all: 'all income', cl: 'consensus-layer income', el: 'execution-layer income' }[line.basis]} of ` +
            `${line.of === 'pool' ? 'the pool' : 'own validators'}${spanWords(line.span)}` +
            (line.condition === null ? '' : `, only with a performance of ${thresholdWords(line.condition)}`),
        )),
    '',
    'Performance',
    ...(pool.preset === 'lido-csm' ? csmWords(pool) : [`  ${performanceWords(pool)}`]),
    '',
    'Shares',
    `  ${weightWords(pool)}`,
    `  rounding: ${roundingWords(pool)}`,
    `  ${pool.minimumPayoutWei === 0n ? 'every balance is paid' : `balances below ${formatEth(pool.minimumPayoutWei)} ${unit} are carried to the next period`}`,
    ...(pool.merkle === null
      ? []
      : [
          `  a Merkle tree of ${pool.merkle.kind === 'period' ? 'what each period pays' : 'all that was ever paid'}`,
        ]),
    '',
    `Participants (${pool.participants.length})`,
    ...pool.participants.slice(0, 20).map(({ id, address, type, stake }) => {
      const last = stake.at(-1);
      const held =
        last === undefined
          ? ''
          : `, ${pool.weights.kind === 'units' ? `${last.amount} units` : `${formatEth(last.amount)} ${unit}`}${last.from === null ? '' : ` since ${at(last.from)}`}`;
      return `  ${id} (${type}) ${address}${held}`;
    }),
    ...(pool.participants.length > 20 ? [`  and ${pool.participants.length - 20} more`] : []),
  ];
}

const describeRule = ({ select, operator, bondWei, feeBps, ...span }: ValidatorRule, unit: string): string =>
  `  ${selectorWords(select)}${spanWords(span)}${operator === null ? '' : `, run by ${operator}`}` +
  (bondWei === null ? '' : `, bond ${formatEth(bondWei)} ${unit}`) +
  (feeBps === null ? '' : `, fee ${rateName({ kind: 'flat', tiers: [{ upToWei: null, bps: feeBps }] })}`);

function selectorWords(select: Selector): string {
  switch (select.kind) {
    case 'all':
      return 'every validator of the ledger';
    case 'tags':
      return `those tagged ${[...select.tags].join(' or ')}`;
    case 'pubkeys':
      return `${select.pubkeys.size} by public key`;
    case 'indices':
      return `indices ${select.ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(', ')}`;
  }
}

const at = (moment: Moment): string =>
  moment.kind === 'epoch'
    ? `epoch ${moment.epoch}`
    : new Date(Number(moment.ms)).toISOString().replace('T00:00:00.000Z', '');

const spanWords = ({ from, to }: Span): string =>
  (from === null ? '' : ` from ${at(from)}`) + (to === null ? '' : ` until ${at(to)} (without it)`);

function incomeWords({ income }: Pool): string {
  const layers = [income.cl ? 'consensus layer' : '', income.el ? 'execution layer' : ''].filter(
    (word) => word !== '',
  );
  const unresolved = {
    'exclude': 'what is uncertain is left out',
    'hold': 'what is certain of uncertain blocks is held back',
    'lower-bound': 'of uncertain blocks, what is certain counts',
  }[income.unresolved];
  const mev = income.mev ? '' : ', without payments of builders';
  return `${layers.join(' and ')}${income.el ? `${mev}; ${unresolved}` : ''}`;
}

const lossWords = ({ loss }: Pool): string =>
  ({
    'operator-bond-first':
      'bonds make losses good first; the rest is shared out by weight and lowers later payouts',
    'pro-rata': 'a loss is shared out by weight and lowers later payouts',
    'high-water-mark': 'a loss is carried by the pool, and later income makes it good before anybody earns',
  })[loss.policy];

const thresholdWords = (threshold: Threshold): string =>
  threshold.kind === 'at-least'
    ? `at least ${percent(threshold.bps)}`
    : `at least that of the network less ${percent(threshold.bps)}`;

const percent = (bps: bigint): string => rateName({ kind: 'flat', tiers: [{ upToWei: null, bps }] });

function performanceWords({ performance: { action, threshold, weights } }: Pool): string {
  if (action === 'none') return 'does not matter for weights and commissions';
  const what = action === 'zero' ? 'earns no weight and no commission' : 'earns in proportion';
  return (
    `a validator below ${thresholdWords(threshold).replace('at least ', '')} ${what} ` +
    `(attestations ${weights.attestations}, proposals ${weights.proposals}, sync ${weights.sync})`
  );
}

/** Per operator, as each may have its own: who reads this should not have to know what the defaults are. */
function csmWords(pool: Pool): string[] {
  const { attestations, proposals, sync } = pool.performance.weights;
  const operators = new Set(pool.validators.map(({ operator }) => operator ?? ''));
  return [
    `  a key counts above the performance of the network less the leeway (attestations ${attestations}, proposals ${proposals}, sync ${sync})`,
    ...[...operators].sort(byText).map((operator) => {
      const { rewardShare, leeway } = parametersOf(pool, operator);
      const id = pool.csm.operators.get(operator)?.nodeOperatorId ?? null;
      return `  ${operator}${id === null ? '' : ` (operator ${id} of the contract)`}: reward share ${tierWords(rewardShare)}; leeway ${tierWords(leeway)}`;
    }),
  ];
}

const tierWords = (tiers: readonly KeyTier[]): string =>
  tiers
    .map(({ keys, bps }) =>
      keys !== null
        ? `${percent(bps)} up to key ${keys}`
        : `${percent(bps)}${tiers.length > 1 ? ' above' : ''}`,
    )
    .join(', ');

function weightWords({ preset, weights }: Pool): string {
  if (preset !== null && preset !== 'pro-rata' && preset !== '0xsplits') return `by the formula of ${preset}`;
  switch (weights.kind) {
    case 'stake':
      return 'by stake and the time it was held: wei times slots';
    case 'units':
      return 'by units and the time they were held: units times slots';
    case 'validators':
      return `by validators owned, measured by ${weights.measure}`;
  }
}

const roundingWords = ({ rounding }: Pool): string =>
  rounding.kind === 'largest-remainder'
    ? 'the wei left over go one each to the largest remainders'
    : rounding.kind === 'floor-to'
      ? `what floors leave over goes to ${rounding.participant}`
      : 'what floors leave over is carried to the next period';
