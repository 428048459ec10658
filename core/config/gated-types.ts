/** Messages whose harm cannot be undone or that no duty needs: signed only when the operator allows them. */
export const GATED_TYPES = ['VOLUNTARY_EXIT', 'DEPOSIT', 'BLS_TO_EXECUTION_CHANGE'] as const;

export type GatedType = (typeof GATED_TYPES)[number];

export const isGatedType = (type: string): type is GatedType =>
  (GATED_TYPES as readonly string[]).includes(type);
