import { BPS } from '../amounts.ts';
import { mixesCurrencies, TWO_CURRENCIES } from '../currency.ts';
import type { Rounding } from '../rounding.ts';
import { buildAdjustments } from './build-adjustments.ts';
import { buildCommission } from './build-commission.ts';
import { buildParticipants } from './build-participants.ts';
import { buildCsm } from './build-csm.ts';
import { buildMegapool, checkPreset } from './build-preset.ts';
import { buildThreshold } from './build-threshold.ts';
import { buildValidators } from './build-validators.ts';
import { TAX_FORMATS, type DutyWeights, type Pool } from './pool.ts';
import type { PoolFile } from './pool-schema.ts';
import { presetDefaults } from './preset-defaults.ts';
import type { Complain } from './read-pool-file.ts';

/** The weights of Lido's CSM: they are those of the consensus rewards. */
export const DUTY_WEIGHTS: DutyWeights = { attestations: 54n, proposals: 8n, sync: 2n };

/** The domain form of a file whose shape is right; here its parts must fit each other. */
export function buildPool(file: PoolFile, complain: Complain): Pool {
  const defaults = presetDefaults(file.preset);
  const weights = file.weights ?? defaults.weights;
  const participants = buildParticipants(file.participants, weights.by, complain);
  const known = new Set(participants.map(({ id }) => id));
  const named = (id: string | undefined, at: readonly PropertyKey[]): void => {
    if (id !== undefined && !known.has(id)) throw complain(at, `names no participant: ${id}`);
  };
  file.expenses?.forEach(({ to }, index) => named(to, ['expenses', index, 'to']));
  for (const id of Object.keys(file.loss?.bonds ?? {})) named(id, ['loss', 'bonds', id]);

  const { performance } = file;
  const income: Pool['income'] = {
    // The smoothing pool holds what blocks pay; balances of validators are the minipools'.
    cl: file.income?.cl ?? file.preset !== 'rocket-pool-smoothing-pool',
    el: file.income?.el ?? true,
    mev: file.income?.mev ?? true,
    unresolved: file.income?.unresolved ?? 'hold',
  };
  const pool: Pool = {
    name: file.pool.name,
    network: file.pool.network,
    preset: file.preset ?? null,
    validators: buildValidators(file.validators, named, complain),
    participants,
    commission: (file.commission ?? []).map((entry, index) => buildCommission(entry, index, named, complain)),
    weights:
      weights.by === 'validators'
        ? { kind: 'validators', measure: weights.measure ?? 'slots' }
        : { kind: weights.by },
    performance: {
      action: performance?.action ?? 'none',
      threshold: buildThreshold(performance ?? {}, complain, ['performance']) ?? {
        kind: 'network-minus',
        bps: 300n,
      },
      weights: performance?.weights ?? DUTY_WEIGHTS,
    },
    loss: {
      policy: file.loss?.policy ?? 'high-water-mark',
      bonds: new Map(Object.entries(file.loss?.bonds ?? {})),
    },
    income,
    expenses: (file.expenses ?? []).map(({ label, on, eth, to }) => ({
      label,
      on,
      amountWei: eth,
      to: to ?? null,
    })),
    adjustments: buildAdjustments(file, income, complain),
    minimumPayoutWei: file['minimum-payout'] ?? 0n,
    rounding: buildRounding(file.rounding ?? defaults.rounding, known, complain),
    merkle:
      file.merkle === undefined
        ? defaults.merkle
        : { kind: file.merkle.kind, padSingle: file.merkle['pad-single'] ?? false },
    csm: buildCsm(file, named, complain),
    megapool: buildMegapool(file, named, complain),
    tax: {
      basis: file.tax?.basis ?? 'payout',
      currency: file.tax?.currency ?? null,
      // No files for importers unless taxes are a subject at all; the lots are in the statements anyway.
      formats: file.tax === undefined ? [] : (file.tax.formats ?? TAX_FORMATS),
    },
  };
  checkWhole(pool, file, complain);
  return pool;
}

function buildRounding(text: string, known: ReadonlySet<string>, complain: Complain): Rounding {
  if (text === 'carry' || text === 'largest-remainder') return { kind: text };
  const participant = text.slice('floor-to:'.length);
  if (!known.has(participant)) throw complain(['rounding'], `names no participant: ${participant}`);
  return { kind: 'floor-to', participant };
}

/** What only shows when all parts are there. */
function checkWhole(pool: Pool, file: PoolFile, complain: Complain): void {
  if (file.weights?.measure !== undefined && file.weights.by !== 'validators')
    throw complain(['weights', 'measure'], 'is only for weights by validators');
  // Commissions of spans that never meet could be more together; that is checked when a period is split.
  const always = pool.commission.filter(
    ({ span, condition }) => span.from === null && span.to === null && condition === null,
  );
  const highest = always.reduce(
    (total, { rate }) => total + rate.tiers.reduce((top, { bps }) => (bps > top ? bps : top), 0n),
    0n,
  );
  const shared = always.every(({ of, basis }) => of === 'pool' && basis === 'all');
  if (shared && highest > BPS) throw complain(['commission'], 'takes more than 100% together');
  if (mixesCurrencies(pool)) throw complain(['income'], TWO_CURRENCIES);
  if (pool.loss.policy === 'operator-bond-first' && pool.loss.bonds.size === 0)
    throw complain(['loss', 'policy'], 'is operator-bond-first, and loss.bonds names no bond');
  refuseIdleKeys(pool, file, complain);
  checkPreset(pool, file, complain);
}

/** What counts for nothing is refused: somebody would think that it counts. */
function refuseIdleKeys({ preset, weights }: Pool, { validators }: PoolFile, complain: Complain): void {
  const hasTerms = preset?.startsWith('rocket-pool-') === true;
  const plain = preset === null || preset === 'pro-rata' || preset === '0xsplits';
  validators.forEach((entry, index) => {
    for (const name of ['bond', 'fee'] as const)
      if (entry[name] !== undefined && !hasTerms)
        throw complain(
          ['validators', index, name],
          `has no meaning here: it is for the presets of Rocket Pool (${name === 'bond' ? 'what answers for losses is loss.bonds' : 'what an operator earns is commission'})`,
        );
    if (entry.owners !== undefined && !(plain && weights.kind === 'validators'))
      throw complain(['validators', index, 'owners'], 'has no meaning here: it is for weights by validators');
  });
}
