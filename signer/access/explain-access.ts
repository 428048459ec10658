import type { AccessQuestion } from './access-policy.ts';
import type { CompiledPolicy } from './compile-policy.ts';
import { judgeAccess, type Decision } from './judge-access.ts';
import { ruleMismatches } from './rule-mismatches.ts';

export interface Explanation {
  readonly decision: Decision;
  /** The rules that were passed over before one decided, or all of them, with the reasons. */
  readonly passedOver: readonly { readonly rule: number; readonly reasons: readonly string[] }[];
}

/** The decision on a question, and why each earlier rule had no say in it. */
export function explainAccess(
  policy: CompiledPolicy,
  question: AccessQuestion & { client: string },
): Explanation {
  const decision = judgeAccess(policy, question);
  const passedOver = policy.rules
    .slice(0, decision.rule ?? policy.rules.length)
    .map((rule, index) => ({ rule: index, reasons: ruleMismatches(rule, question.client, question) }));
  return { decision, passedOver };
}
