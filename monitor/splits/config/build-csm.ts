import { CSM_DEFAULTS } from '../presets/lido-csm.ts';
import type { CsmOperator, CsmRules, KeyTier } from './pool.ts';
import type { KeyTierEntry, PoolFile } from './pool-schema.ts';
import type { Complain, Path } from './read-pool-file.ts';

/** Of the preset lido-csm: parameters of the pool and of single operators. */
export function buildCsm(
  { csm, validators }: PoolFile,
  named: (id: string, at: Path) => void,
  complain: Complain,
): CsmRules {
  const operators = new Map<string, CsmOperator>();
  const ids = new Map<bigint, string>();
  for (const [operator, entry] of Object.entries(csm?.operators ?? {})) {
    const at = ['csm', 'operators', operator];
    named(operator, at);
    const nodeOperatorId = entry['node-operator-id'] ?? null;
    if (nodeOperatorId !== null) {
      const other = ids.get(nodeOperatorId);
      if (other !== undefined) throw complain([...at, 'node-operator-id'], `is that of ${other} too`);
      ids.set(nodeOperatorId, operator);
    }
    operators.set(operator, {
      rewardShare: buildKeyTiers(entry['reward-share'], complain, [...at, 'reward-share']),
      leeway: buildKeyTiers(entry.leeway, complain, [...at, 'leeway']),
      nodeOperatorId,
    });
  }
  // A tree of ids of the contract and of others would pay the wrong ones.
  if (ids.size > 0)
    validators.forEach(({ operator }, index) => {
      if (operator !== undefined && (operators.get(operator)?.nodeOperatorId ?? null) === null)
        throw complain(
          ['validators', index, 'operator'],
          `needs csm.operators.${operator}.node-operator-id, as other operators have one`,
        );
    });
  return {
    rewardShare:
      buildKeyTiers(csm?.['reward-share'], complain, ['csm', 'reward-share']) ?? CSM_DEFAULTS.rewardShare,
    leeway: buildKeyTiers(csm?.leeway, complain, ['csm', 'leeway']) ?? CSM_DEFAULTS.leeway,
    operators,
  };
}

function buildKeyTiers(
  entries: readonly KeyTierEntry[] | undefined,
  complain: Complain,
  at: Path,
): KeyTier[] | null {
  if (entries === undefined) return null;
  return entries.map((entry, index, all) => {
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
