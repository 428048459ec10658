import { grantsOfKey, type ExitGrant, type Grant } from '../access/grants-of-key.ts';
import { wordsOf } from '../access/type-groups.ts';
import { HTTP_ERRORS } from '../http/http-errors.ts';
import type { ExplainSources } from './explain-sources.ts';
import type { ExplainSection, PresentRefusal } from './explanation.ts';
import { EVERYTHING } from './state-section.ts';

/** Who may ask for the key's signatures, whatever the policy then says of what they ask. */
export function accessSection({ accessPolicy }: ExplainSources): ExplainSection {
  return (pubkey) => {
    const policy = accessPolicy();
    if (policy === null) return { id: 'access', entries: WITHOUT_FILE, refusals: [] };
    const { sign, listKeys, commitBoost, exits } = grantsOfKey(policy, pubkey);
    return {
      id: 'access',
      entries: {
        may_sign: orNobody(
          sign.map((grant) => `${grant.client}: ${wordsOf(grant.types).join(', ')} ${by(grant)}`),
        ),
        may_have_exits_made: orNobody(exits.map(exitLine)),
        may_see_it: orNobody(listKeys.map(line)),
        may_use_commit_boost: orNobody(commitBoost.map(line)),
      },
      refusals: [denial(sign.length === 0 ? EVERYTHING : 'any other client or type')],
    };
  };
}

const WITHOUT_FILE = {
  may_sign: 'whoever reaches the signing port: there is no access file',
  may_have_exits_made: 'the holder of the token in api-token.txt',
  may_see_it: 'whoever reaches the signing port',
  may_use_commit_boost: 'the holder of the token in api-token.txt',
};

const orNobody = (lines: readonly string[]): string | readonly string[] =>
  lines.length === 0 ? 'nobody' : lines;

const by = ({ rule }: Grant): string =>
  rule === null ? '(owner of the data directory)' : `(rules[${rule}])`;

const line = (grant: Grant): string => `${grant.client} ${by(grant)}`;

/** Two rules, or one that allows both; what the owner needs no rule for is not told of. */
function exitLine({ client, rule, writeRule }: ExitGrant): string {
  const rules = [...new Set([rule, writeRule])].filter((one) => one !== null).sort((a, b) => a - b);
  const by = rules.map((one) => `rules[${one}]`).join(' and ');
  return `${client} (${by === '' ? 'owner of the data directory' : by})`;
}

const denial = (what: string): PresentRefusal => ({
  what,
  code: 'ACCESS_DENIED',
  why: HTTP_ERRORS.ACCESS_DENIED.summary,
  needed: HTTP_ERRORS.ACCESS_DENIED.hint,
});
