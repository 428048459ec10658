import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compilePolicy } from '../../../signer/access/compile-policy.ts';
import { explainAccess } from '../../../signer/access/explain-access.ts';
import { grantsOfKey } from '../../../signer/access/grants-of-key.ts';
import { judgeAccess } from '../../../signer/access/judge-access.ts';
import { parseAccessPolicy } from '../../../signer/access/parse-access-policy.ts';
import {
  mustBeNamed,
  POLICY_TYPES,
  TYPE_GROUPS,
  typesOf,
  wordsOf,
} from '../../../signer/access/type-groups.ts';

const page = readFileSync(new URL('../../../docs/access.md', import.meta.url), 'utf8');
const example = /```yaml\n(clients:[^`]*)```/.exec(page)?.[1] ?? '';
const policy = compilePolicy(parseAccessPolicy(example, 'docs/access.md'), 'owner');
const [first, second] = policy.rules.flatMap(({ keys }) => [...(keys ?? [])]);

test('the example of docs/access.md does what the page says', () => {
  const may = (client: string, key: typeof first, type: (typeof POLICY_TYPES)[number]) =>
    judgeAccess(policy, { client, action: 'sign', key: key!, type }).allowed;
  for (const type of POLICY_TYPES.filter((one) => !mustBeNamed(one))) {
    expect([may('vc-1', first, type), may('vc-1', second, type)]).toEqual([true, false]);
    expect([may('vc-2', first, type), may('vc-2', second, type)]).toEqual([false, true]);
    expect([may('monitor', first, type), may('operator', first, type)]).toEqual([false, false]);
  }
  const exits = ['vc-1', 'vc-2', 'monitor', 'operator'].filter((one) => may(one, first, 'VOLUNTARY_EXIT'));
  expect(exits).toEqual(['operator']);
  expect(judgeAccess(policy, { client: 'monitor', action: 'keymanager-write' }).allowed).toBe(false);
  for (const action of ['history-read', 'freeze', 'admin'] as const) {
    expect(judgeAccess(policy, { client: 'monitor', action }).allowed).toBe(action !== 'admin');
  }
  expect(judgeAccess(policy, { client: 'operator', action: 'admin' }).allowed).toBe(true);
});

test('the explanations of docs/access.md are those that the example gives', () => {
  const question = { client: 'vc-2', action: 'sign', key: first!, type: 'BLOCK_V2' } as const;
  const { decision, passedOver } = explainAccess(policy, question);
  expect(page).toContain(`no: ${decision.why}\n`);
  for (const { rule, reasons } of passedOver.slice(0, 3)) {
    expect(page).toContain(`rules[${rule}] has no say: ${reasons.join('; ')}\n`);
  }
});

test('the clients of a key in docs/access.md are those that the example gives', () => {
  const { sign, listKeys, commitBoost, exits } = grantsOfKey(policy, first!);
  expect(commitBoost).toEqual([]);
  for (const { client, rule, types } of sign) {
    expect(page).toContain(`  ${client}: ${wordsOf(types).join(', ')} (rules[${rule}])\n`);
  }
  for (const { client, rule } of listKeys) {
    expect(page).toContain(
      `  ${client} (${rule === null ? 'owner of the data directory' : `rules[${rule}]`})\n`,
    );
  }
  expect(exits).toEqual([
    { client: 'operator', rule: 4, writeRule: 5 },
    { client: 'api-token', rule: null, writeRule: null },
  ]);
  expect(page).toContain(
    '  may have exits made   operator (rules[4] and rules[5])\n' +
      '                        api-token (owner of the data directory)\n',
  );
  expect(page.match(/^ .*\((rules\[\d\]|owner of the data directory)\)$/gm)).toHaveLength(
    sign.length + listKeys.length + 1,
  );
});

test('docs/access.md has every type in its group', () => {
  for (const group of TYPE_GROUPS.filter((one) => one !== 'all')) {
    const row = new RegExp(`^\\| \`${group}\` \\| (.*) \\|$`, 'm').exec(page)?.[1];
    const types = row?.split(', ').map((word) => word.replaceAll('`', ''));
    expect(types?.toSorted()).toEqual(typesOf(group, true)?.toSorted());
  }
});
