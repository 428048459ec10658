import { z } from 'zod';
import { absolute, formatEth } from '../amounts.ts';
import { DERIVATIONS } from '../outputs/summary-files.ts';
import { splitsError } from '../splits-errors.ts';
import { readListedFile, type StoredManifest } from './read-manifest.ts';

const wei = z.string().transform(BigInt);

const resultSchema = z.looseObject({
  pool: z.string(),
  period: z.string(),
  preset: z.string().nullable(),
  currency: z.string(),
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
      counted: z.object({
        validators: z.number(),
        clWei: wei,
        elWei: wei,
        loweredWei: wei,
        adjustmentsWei: wei,
      }),
      incomeWei: wei,
      baseWei: wei,
      basesWei: wei.nullable(),
      earnedWei: wei,
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
type Participant = Result['participants'][number];

const derivationSchema = z.strictObject({ participant: z.string(), lines: z.array(z.string()) });

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
    `${id} in ${result.pool}, ${result.period} (all amounts in ${result.currency})`,
    '',
    ...pot(result),
    '',
    ...ownLines(result, own, derivationOf(stored, id)),
  ];
}

function derivationOf(stored: StoredManifest, id: string): readonly string[] {
  for (const line of readListedFile(stored, DERIVATIONS).split('\n')) {
    if (line === '') continue;
    const { participant, lines } = derivationSchema.parse(JSON.parse(line));
    if (participant === id) return lines;
  }
  return [];
}

const hasOwnRules = (preset: string | null): boolean =>
  preset !== null && preset !== 'pro-rata' && preset !== '0xsplits';

function pot({ preset, totals, slashing, expenses }: Result): string[] {
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
  const kept = amount('distributableWei') - amount('netWei') + amount('lossRecoveredWei');
  if (kept > 0n) step('loss that later income makes good', kept);
  step('= to distribute', amount('distributableWei'));
  step('commissions', -amount('commissionWei'));
  const carried = amount('sharedWei') - amount('distributableWei') + amount('commissionWei');
  if (carried !== 0n) step('carried in the pool from before', carried);
  step(
    hasOwnRules(preset) ? `= shared by the rules of ${preset ?? ''}` : '= shared by weight',
    amount('sharedWei'),
  );
  return lines;
}

function ownLines(result: Result, own: Participant, derivation: readonly string[]): string[] {
  const { commission, expenses } = result;
  const lines = [`What ${own.id} has of it`, row('carried from before', own.openingWei)];
  if (hasOwnRules(result.preset)) {
    lines.push(row(`share by the rules of ${result.preset ?? ''}`, own.shareWei));
    lines.push(...derivation.map((line) => `    ${line}`));
  } else lines.push(...shareByWeight(result, own, derivation));
  for (const line of commission.filter(({ to }) => to === own.id))
    lines.push(row(line.rule, line.amountWei), ...commissionSteps(result, line));
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

function shareByWeight(
  { totals, rounding }: Result,
  own: Participant,
  derivation: readonly string[],
): string[] {
  const lines = [row('share by weight', own.shareWei), ...derivation.map((line) => `    weight: ${line}`)];
  if (derivation.length > 1) lines.push(`    weights together: ${own.weight}`);
  const shared = totals['sharedWei'] ?? 0n;
  const weight = totals['weight'] ?? 0n;
  if (weight === 0n) return lines;
  lines.push(`    ${shared} wei x ${own.weight} / ${weight}`);
  const magnitude = absolute(shared);
  const floor = (magnitude * own.weight) / weight;
  const turned = shared < 0n ? -floor : floor;
  lines.push(`    = ${turned} wei floored, remainder ${(magnitude * own.weight) % weight}`);
  if (own.shareWei !== turned && rounding === 'largest-remainder')
    lines.push(`    ${own.shareWei - turned} wei more: its remainder is among the largest`);
  return lines;
}

function commissionSteps({ totals }: Result, line: Result['commission'][number]): string[] {
  const { counted, incomeWei, baseWei, basesWei, earnedWei, amountWei, rate, withheld } = line;
  const distributable = totals['distributableWei'] ?? 0n;
  const gross = (totals['clWei'] ?? 0n) + (totals['elWei'] ?? 0n) + (totals['adjustmentsWei'] ?? 0n);
  const parts = [
    `consensus layer ${formatEth(counted.clWei)}`,
    `execution layer ${formatEth(counted.elWei)}`,
    ...(counted.loweredWei === 0n ? [] : [`less ${formatEth(counted.loweredWei)} for performance`]),
    ...(counted.adjustmentsWei === 0n ? [] : [`known later ${formatEth(counted.adjustmentsWei)}`]),
  ];
  const many = counted.validators === 1 ? '1 validator' : `${counted.validators} validators`;
  return [
    `    income of ${many} while in force: ${parts.join(', ')}; counts ${formatEth(incomeWei)}`,
    distributable <= 0n || gross <= 0n
      ? '    base 0: there is nothing to distribute'
      : `    base ${formatEth(incomeWei)} x ${formatEth(distributable)} to distribute / ${formatEth(gross)} of all income` +
        (basesWei === null ? ` = ${formatEth(baseWei)}` : ', at most what there is to distribute'),
    ...(basesWei === null
      ? []
      : [
          `    lowered, as the bases of all operators are ${formatEth(basesWei)} together: x ${formatEth(distributable)} / ${formatEth(basesWei)} = ${formatEth(baseWei)}`,
        ]),
    `    rate ${rate}`,
    ...(amountWei === earnedWei
      ? []
      : [
          `    ${formatEth(earnedWei)}, lowered in proportion: all commissions would be more than there is to distribute`,
        ]),
    ...(withheld === null ? [] : [`    withheld: ${withheld}`]),
  ];
}

const row = (label: string, value: bigint): string =>
  `  ${label.padEnd(44)} ${formatEth(value).padStart(24)}`;

const named = (validators: readonly string[]): string =>
  validators.length <= 3 ? `validator ${validators.join(', ')}` : `${validators.length} validators`;
