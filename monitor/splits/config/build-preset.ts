import { BPS } from '../amounts.ts';
import type { KeyTier, MegapoolParameters, Pool } from './pool.ts';
import type { KeyTierEntry, PoolFile } from './pool-schema.ts';
import type { Complain, Path } from './read-pool-file.ts';

export function buildKeyTiers(
  entries: readonly KeyTierEntry[] | undefined,
  complain: Complain,
  at: Path,
): KeyTier[] {
  return (entries ?? []).map((entry, index, all) => {
    const last = index === all.length - 1;
    if (last !== (entry['up-to-key'] === undefined))
      throw complain(
        [...at, index],
        last ? 'is the last tier and must have no up-to-key' : 'needs up-to-key',
      );
    const before = all[index - 1]?.['up-to-key'];
    if (before !== undefined && entry['up-to-key'] !== undefined && entry['up-to-key'] <= before)
      throw complain([...at, index, 'up-to-key'], 'must be above that of the tier before');
    return { keys: entry['up-to-key'] ?? null, bps: entry.rate };
  });
}

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

/** Presets with rules of their own: they replace commission and weights, so nobody may think that those still count. */
export function checkPreset(pool: Pool, file: PoolFile, complain: Complain): void {
  const { preset } = pool;
  if (file.csm !== undefined && preset !== 'lido-csm')
    throw complain(['csm'], 'belongs to the preset lido-csm');
  if (preset === null || preset === 'pro-rata' || preset === '0xsplits') return;
  for (const name of ['commission', 'weights'] as const)
    if (file[name] !== undefined)
      throw complain([name], `is not for the preset ${preset}, which has its own`);
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
