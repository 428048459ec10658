import { OWNER, type AccessQuestion, type AccessRule } from './access-policy.ts';
import { matchesPattern } from './matches-pattern.ts';
import { mustBeNamed } from './type-groups.ts';

/** Whether a rule is about this client at all. */
export const concerns = ({ client }: AccessRule, name: string): boolean =>
  name === OWNER ? client === OWNER : matchesPattern(client, name);

/**
 * Why a rule says nothing about a question, one sentence a reason; empty when it decides it. The only place that
 * compares the two, so that an explanation can never part from the decision.
 */
export function ruleMismatches(rule: AccessRule, client: string, question: AccessQuestion): string[] {
  const reasons: string[] = [];
  if (!concerns(rule, client)) reasons.push(`it is for client ${rule.client}`);
  if (!rule.actions.has(question.action)) reasons.push(`it is for ${[...rule.actions].join(', ')}`);
  if ('key' in question && rule.keys !== null && !rule.keys.has(question.key)) {
    reasons.push(rule.keys.size === 1 ? 'it is for another key' : `it is for ${rule.keys.size} other keys`);
  }
  if (question.action === 'sign' && !rule.types.has(question.type)) {
    const words = rule.typeWords.join(', ');
    reasons.push(
      mustBeNamed(question.type)
        ? `it does not name ${question.type} (it has ${words})`
        : `it is for the types ${words}`,
    );
  }
  return reasons;
}
