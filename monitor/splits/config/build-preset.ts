import { BPS } from '../amounts.ts';
import type { MegapoolParameters, Pool } from './pool.ts';
import type { PoolFile } from './pool-schema.ts';
import type { Complain, Path } from './read-pool-file.ts';

export function buildMegapool(
  { megapool, preset }: PoolFile,
  named: (id: string, at: Path) => void,
  complain: Complain,
): MegapoolParameters | null {
  if ((preset === 'rocket-pool-megapool') !== (megapool !== undefined))
    throw complain(['megapool'], 'belongs to the preset rocket-pool-megapool, which needs it');
  if (megapool === undefined) return null;
  named(megapool.voters, ['megapool', 'voters']);
  named(megapool.dao, ['megapool', 'dao']);
  if (megapool['voters-share'] + megapool['dao-share'] > BPS)
    throw complain(['megapool'], 'shares more than 100%');
  return {
    voters: megapool.voters,
    votersBps: megapool['voters-share'],
    dao: megapool.dao,
    daoBps: megapool['dao-share'],
  };
}

/** Presets with rules of their own: what they replace may not be in the file, or somebody would think that it counts. */
export function checkPreset(pool: Pool, file: PoolFile, complain: Complain): void {
  const { preset } = pool;
  if (file.csm !== undefined && preset !== 'lido-csm')
    throw complain(['csm'], 'belongs to the preset lido-csm');
  const ownBalances = preset === 'rocket-pool-minipool' || preset === 'rocket-pool-megapool';
  file.adjustments?.forEach(({ validator }, index) => {
    if (validator === undefined && ownBalances)
      throw complain(
        ['adjustments', index],
        `needs validator, the index of the one whose income it is, for the preset ${preset}`,
      );
  });
  if (preset === null || preset === 'pro-rata' || preset === '0xsplits') return;
  for (const name of ['commission', 'weights'] as const)
    if (file[name] !== undefined)
      throw complain([name], `is not for the preset ${preset}, which has its own`);
  if (preset === 'rocket-pool-smoothing-pool' && file.income?.cl === true)
    throw complain(
      ['income', 'cl'],
      'must be false for this preset: the smoothing pool has no consensus income',
    );
  checkPerformance(preset, file, complain);
  if (pool.rounding.kind !== 'floor-to')
    throw complain(['rounding'], 'must be floor-to:PARTICIPANT, who takes what the operators do not');
  file.validators.forEach((entry, index) => {
    const at = ['validators', index];
    if (entry.operator === undefined) throw complain(at, `needs operator, for the preset ${preset}`);
    if (preset === 'lido-csm') return;
    if (entry.bond === undefined || entry.fee === undefined)
      throw complain(at, `needs bond and fee, for the preset ${preset}`);
    if (entry.bond > 32n * 10n ** 18n) throw complain([...at, 'bond'], 'must be at most 32 ETH');
    if (entry.fee + (pool.megapool?.votersBps ?? 0n) + (pool.megapool?.daoBps ?? 0n) > BPS)
      throw complain([...at, 'fee'], 'and the shares of voters and DAO are more than 100% together');
  });
}

function checkPerformance(preset: string, { performance }: PoolFile, complain: Complain): void {
  if (performance === undefined) return;
  if (preset !== 'lido-csm')
    throw complain(['performance'], `is not for the preset ${preset}, which knows no threshold`);
  for (const name of ['action', 'network-minus', 'at-least'] as const)
    if (performance[name] !== undefined)
      throw complain(
        ['performance', name],
        'is not for the preset lido-csm: a key counts above the performance of the network less csm.leeway; ' +
          'set csm.leeway, or csm.operators.ID.leeway for one operator. Only weights may stand here',
      );
}
