import { errorFactory } from '../../core/errors.ts';

/** Errors of the policy as a configuration; its refusals are in `policy-refusals.ts`. */
export const POLICY_ERRORS = {
  POLICY_FILE_INVALID: {
    summary: 'the policy file cannot be used',
    hint: 'Mend the place that the message names; docs/policy.md shows the format. A running signer keeps the policy it has.',
    exit: 2,
  },
} as const;

export const policyError = errorFactory(POLICY_ERRORS);
