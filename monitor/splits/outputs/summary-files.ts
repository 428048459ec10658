import { formatEth, sum } from '../amounts.ts';
import { creditOf, type SplitResult } from '../split/split-result.ts';
import { csv } from './csv.ts';
import { json } from './json.ts';
import type { OutputContext, OutputFile } from './output-context.ts';

/** One line per participant: how the share comes about. */
export const DERIVATIONS = 'derivations.jsonl';

/** The split as a whole: what `rewards explain` reads, and two tables for people. */
export function* summaryFiles({ pool, period, result, currency }: OutputContext): Generator<OutputFile> {
  const unit = currency.unit.toLowerCase();
  const { validators, closing, derivations, ...rest } = result;
  yield {
    name: 'result.json',
    text: json({
      pool: pool.name,
      period: period.label,
      startSlot: period.startSlot,
      endSlot: period.endSlot,
      preset: pool.preset,
      currency: currency.unit,
      rounding:
        pool.rounding.kind === 'floor-to' ? `floor-to:${pool.rounding.participant}` : pool.rounding.kind,
      ...rest,
      pooled: { carryWei: closing.carryWei, lossWei: closing.lossWei, heldWei: closing.heldWei },
    }),
  };
  yield {
    name: DERIVATIONS,
    text: result.participants
      .map(({ id }) => `${JSON.stringify({ participant: id, lines: derivations.get(id) ?? [] })}\n`)
      .join(''),
  };
  yield {
    name: 'summary.csv',
    text: csv(
      [
        'participant',
        'name',
        'address',
        `opening_${unit}`,
        `earned_${unit}`,
        `payout_${unit}`,
        `closing_${unit}`,
        'payout_wei',
        `slashing_${unit}`,
        `bond_used_${unit}`,
        `bond_left_${unit}`,
      ],
      result.participants.map((line) => [
        line.id,
        line.name,
        line.address,
        formatEth(line.openingWei),
        formatEth(creditOf(line)),
        formatEth(line.payoutWei),
        formatEth(line.closingWei),
        line.payoutWei.toString(),
        ...bondColumns(result, line.id),
      ]),
    ),
  };
  yield {
    name: 'validators.csv',
    text: csv(
      [
        'validator',
        'pubkey',
        'operator',
        'slots',
        'cl_wei',
        'el_wei',
        'slashing_wei',
        'held_wei',
        'excluded_wei',
        'assigned',
        'included',
        'performance',
        'threshold',
        'counts',
        'key',
        'shares',
        'rebate_shares',
        'strike',
      ],
      validators.map((line) => [
        line.validatorIndex.toString(),
        line.pubkey,
        line.operator ?? '',
        line.slots.toString(),
        line.clWei.toString(),
        line.elWei.toString(),
        line.slashingWei.toString(),
        line.heldWei.toString(),
        line.excludedWei.toString(),
        line.assigned.toString(),
        line.included.toString(),
        line.performance ?? '',
        line.threshold ?? '',
        line.factor,
        ...(line.csm === null
          ? ['', '', '', '']
          : [`${line.csm.key}`, `${line.csm.shares}`, `${line.csm.rebate}`, line.csm.isStrike ? '1' : '0']),
      ]),
    ),
  };
}

/** Empty where nothing is to be said: not every participant runs validators. */
function bondColumns({ slashing, bonds }: SplitResult, id: string): string[] {
  const own = slashing.filter(({ operator }) => operator === id);
  const bond = bonds.find(({ operator }) => operator === id);
  return [
    own.length === 0 ? '' : formatEth(-sum(own.map(({ lossWei }) => lossWei))),
    bond === undefined ? '' : formatEth(bond.usedWei),
    bond === undefined ? '' : formatEth(bond.leftWei),
  ];
}
