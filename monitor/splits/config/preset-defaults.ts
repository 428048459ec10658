import type { MerkleChoice, PresetName } from './pool.ts';

interface Defaults {
  readonly weights: { readonly by: 'stake' | 'units' | 'validators'; readonly measure?: 'duties' };
  readonly rounding: string;
  readonly merkle: MerkleChoice | null;
}

const PLAIN: Defaults = {
  weights: { by: 'stake' },
  rounding: 'largest-remainder',
  merkle: null,
};

/** What a preset says where the file says nothing. The presets that have rules of their own are in `presets/`. */
export function presetDefaults(preset: PresetName | undefined): Defaults {
  switch (preset) {
    case undefined:
    case 'pro-rata':
      return PLAIN;
    case '0xsplits':
      // Fixed allocations; floors; what is left over stays in the split.
      return { ...PLAIN, weights: { by: 'units' }, rounding: 'carry' };
    case 'lido-csm':
      return {
        ...PLAIN,
        weights: { by: 'validators', measure: 'duties' },
        merkle: { kind: 'cumulative', padSingle: true },
      };
    case 'rocket-pool-minipool':
    case 'rocket-pool-smoothing-pool':
    case 'rocket-pool-megapool':
      return { ...PLAIN, weights: { by: 'validators' } };
  }
}
