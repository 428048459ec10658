import { z } from 'zod';
import { formatEth } from '../amounts.ts';
import { splitsError } from '../splits-errors.ts';
import { readListedFile, type StoredManifest } from './read-manifest.ts';

const wei = z.string().transform(BigInt);

const resultSchema = z.looseObject({
  pool: z.string(),
  period: z.string(),
  rounding: z.string(),
  totals: z.record(z.string(), wei),
  slashing: z.array(
    z.looseObject({
      operator: z.string().nullable(),
      validators: z.array(z.string()),
      lossWei: wei,
      bondWei: wei,
      restWei: wei,
    }),
  ),
  commission: z.array(
    z.looseObject({
      to: z.string(),
      rule: z.string(),
      incomeWei: wei,
      baseWei: wei,
      rate: z.string(),
      amountWei: wei,
      withheld: z.string().nullable(),
    }),
  ),
  expenses: z.array(z.looseObject({ label: z.string(), to: z.string().nullable(), amountWei: wei })),
  participants: z.array(
    z.looseObject({
      id: z.string(),
      openingWei: wei,
      weight: wei,
      shareWei: wei,
      commissionWei: wei,
      expensesWei: wei,
      roundingWei: wei,
      minimumPayoutWei: wei,
      payoutWei: wei,
      closingWei: wei,
    }),
  ),
});

type Result = z.infer<typeof resultSchema>;

/** Where a payout comes from, one step a line, with every number that a pocket calculator needs to follow. */
export function explainParticipant(stored: StoredManifest, id: string): string[] {
  const result = resultSchema.parse(JSON.parse(readListedFile(stored, 'result.json')));
  const own = result.participants.find((line) => line.id === id);
  if (own === undefined) {
    const some = result.participants.slice(0, 10).map((line) => line.id);
    throw splitsError(
      'PARTICIPANT_UNKNOWN',
      `${id} is not among ${some.join(', ')}${result.participants.length > 10 ? ', …' : ''}`,
    );
  }
  return [
    `${id} in ${result.pool}, ${result.period} (all amounts in ETH)`,
    '',
    ...pot(result),
    '',
    ...ownLines(result, own),
  ];
}

function pot({ totals, slashing, expenses }: Result): string[] {
  const amount = (name: string): bigint => totals[name] ?? 0n;
  const lines: string[] = ['What there was'];
  const step = (label: string, value: bigint): number => lines.push(row(label, value));
  step('consensus layer', amount('clWei'));
  step('execution layer', amount('elWei'));
  if (amount('adjustmentsWei') !== 0n) step('income known later', amount('adjustmentsWei'));
  for (const { operator, validators, lossWei, bondWei, restWei } of slashing) {
    step(`slashing of ${named(validators)}, run by ${operator ?? 'nobody in particular'}`, -lossWei);
    step('  made good by the bond', bondWei);
    if (restWei > 0n) lines.push(`    the pool bears ${formatEth(restWei)}`);
  }
  const fromSlashing = slashing.reduce((all, { bondWei }) => all + bondWei, 0n);
  if (amount('bondWei') > fromSlashing) step('losses made good by bonds', amount('bondWei') - fromSlashing);
  for (const { label, amountWei } of expenses) step(`expense: ${label}`, -amountWei);
  step('= net', amount('netWei'));
  if (amount('lossRecoveredWei') > 0n) step('makes good losses of before', -amount('lossRecoveredWei'));
  step('= to distribute', amount('distributableWei'));
  step('commissions', -amount('commissionWei'));
  const carried = amount('sharedWei') - amount('distributableWei') + amount('commissionWei');
  if (carried !== 0n) step('carried in the pool from before', carried);
  step('= shared by weight', amount('sharedWei'));
  return lines;
}

function ownLines(result: Result, own: Result['participants'][number]): string[] {
  const { totals, commission, expenses } = result;
  const lines = [`What ${own.id} has of it`, row('carried from before', own.openingWei)];
  const shared = totals['sharedWei'] ?? 0n;
  const weight = totals['weight'] ?? 0n;
  lines.push(row('share by weight', own.shareWei));
  if (weight > 0n) {
    lines.push(`    ${shared} wei x ${own.weight} / ${weight}`);
    const magnitude = shared < 0n ? -shared : shared;
    const floor = (magnitude * own.weight) / weight;
    const turned = shared < 0n ? -floor : floor;
    lines.push(`    = ${turned} wei floored, remainder ${(magnitude * own.weight) % weight}`);
    if (own.shareWei !== turned)
      lines.push(
        result.rounding === 'largest-remainder'
          ? `    ${own.shareWei - turned} wei more: its remainder is among the largest`
          : `    the preset's own rule gives ${own.shareWei} wei (docs/reward-splits.md)`,
      );
  }
  for (const line of commission.filter(({ to }) => to === own.id)) {
    lines.push(row(line.rule, line.amountWei));
    lines.push(
      `    income it counts ${formatEth(line.incomeWei)}, base ${formatEth(line.baseWei)}, rate ${line.rate}`,
    );
    if (line.withheld !== null) lines.push(`    withheld: ${line.withheld}`);
  }
  for (const { label, amountWei } of expenses.filter(({ to }) => to === own.id))
    lines.push(row(`expense: ${label}`, amountWei));
  if (own.roundingWei !== 0n)
    lines.push(row(`what rounding left over (${result.rounding})`, own.roundingWei));
  const balance = own.payoutWei + own.closingWei;
  lines.push(row('= balance', balance));
  lines.push(row('paid out', own.payoutWei));
  if (own.payoutWei === 0n && balance > 0n)
    lines.push(`    below the minimum payout of ${formatEth(own.minimumPayoutWei)}`);
  lines.push(row('carried to the next period', own.closingWei));
  return lines;
}

const row = (label: string, value: bigint): string =>
  `  ${label.padEnd(44)} ${formatEth(value).padStart(24)}`;

const named = (validators: readonly string[]): string =>
  validators.length <= 3 ? `validator ${validators.join(', ')}` : `${validators.length} validators`;
