import type { Mutant } from './mutant.ts';
import { MUTANTS_OF_COPIES } from './mutants-of-copies.ts';
import { MUTANTS_OF_GUARD } from './mutants-of-guard.ts';
import { MUTANTS_OF_INTERCHANGE } from './mutants-of-interchange.ts';
import { MUTANTS_OF_POSTGRES } from './mutants-of-postgres.ts';
import { MUTANTS_OF_RULES } from './mutants-of-rules.ts';
import { MUTANTS_OF_SHARING } from './mutants-of-sharing.ts';
import { MUTANTS_OF_STATEMENTS } from './mutants-of-statements.ts';
import { MUTANTS_OF_STORAGE } from './mutants-of-storage.ts';
import { MUTANTS_OF_SURVIVAL } from './mutants-of-survival.ts';

/** Every bug that the tests of the slashing guard are proved to find. */
export const MUTANTS: readonly Mutant[] = [
  ...MUTANTS_OF_RULES,
  ...MUTANTS_OF_GUARD,
  ...MUTANTS_OF_STORAGE,
  ...MUTANTS_OF_SURVIVAL,
  ...MUTANTS_OF_INTERCHANGE,
  ...MUTANTS_OF_COPIES,
  ...MUTANTS_OF_STATEMENTS,
  ...MUTANTS_OF_POSTGRES,
  ...MUTANTS_OF_SHARING,
];
