import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePubkey } from '../../../../core/units.ts';
import type { AccessQuestion, AccessRule } from '../../../../signer/access/access-policy.ts';
import { ACTIONS, KEYED_ACTIONS, type Action } from '../../../../signer/access/actions.ts';
import { compilePolicy } from '../../../../signer/access/compile-policy.ts';
import { explainAccess } from '../../../../signer/access/explain-access.ts';
import { judgeAccess, mayEver } from '../../../../signer/access/judge-access.ts';
import { parseAccessPolicy } from '../../../../signer/access/parse-access-policy.ts';
import { POLICY_TYPES, typesOf } from '../../../../signer/access/type-groups.ts';
import { accessFileText, digestOf } from '../../../support/access-fixture.ts';
import '../../../support/signer-network.ts';

// After the network, whose preset the SSZ types take when they are loaded.
const { MESSAGE_TYPES } = await import('../../../../signer/messages/index.ts');

const A = parsePubkey(`0x${'aa'.repeat(48)}`, 'key');
const B = parsePubkey(`0x${'bb'.repeat(48)}`, 'key');
const IRREVERSIBLE = ['VOLUNTARY_EXIT', 'DEPOSIT', 'BLS_TO_EXECUTION_CHANGE'] as const;

const policyOf = (...rules: string[]) =>
  compilePolicy(parseAccessPolicy(accessFileText(['vc-1', 'vc-10', 'mon'], rules), 'access.yaml'), 'owner');
const sign = (client: string, key = A, type: (typeof POLICY_TYPES)[number] = 'ATTESTATION') =>
  ({ client, action: 'sign', key, type }) as const;

describe('rules', () => {
  it('that are none let nobody do anything', () => {
    for (const action of ACTIONS) {
      const question = { action, key: A, type: 'ATTESTATION' } as AccessQuestion;
      expect(judgeAccess(policyOf(), { client: 'vc-1', ...question })).toMatchObject({
        allowed: false,
        rule: null,
      });
    }
  });

  it('for vc-1 are not for vc-10', () => {
    const policy = policyOf('{ client: vc-1, actions: sign, allow: true }');
    expect(judgeAccess(policy, sign('vc-1'))).toMatchObject({ allowed: true, rule: 0 });
    expect(judgeAccess(policy, sign('vc-10'))).toMatchObject({ allowed: false, rule: null });
    expect(judgeAccess(policy, sign('nobody')).allowed).toBe(false);
  });

  it('decide in their order', () => {
    const no = `{ client: vc-1, actions: sign, keys: ${A}, allow: false }`;
    const yes = '{ client: "vc-*", actions: sign, allow: true }';
    expect(judgeAccess(policyOf(no, yes), sign('vc-1'))).toMatchObject({ allowed: false, rule: 0 });
    expect(judgeAccess(policyOf(yes, no), sign('vc-1'))).toMatchObject({ allowed: true, rule: 0 });
    expect(judgeAccess(policyOf(no, yes), sign('vc-1', B))).toMatchObject({ allowed: true, rule: 1 });
    expect(judgeAccess(policyOf(no, yes), sign('vc-10'))).toMatchObject({ allowed: true, rule: 1 });
  });

  it.each(IRREVERSIBLE)('that allow everything do not allow %s, those that name it do', (type) => {
    for (const types of ['', 'types: all,', 'types: "*",', 'types: [attesting, proposing, sync],']) {
      const policy = policyOf(`{ client: vc-1, actions: sign, ${types} allow: true }`);
      expect(judgeAccess(policy, sign('vc-1', A, type)).allowed).toBe(false);
    }
    const named = policyOf(`{ client: vc-1, actions: sign, types: [sync, ${type}], allow: true }`);
    expect(judgeAccess(named, sign('vc-1', A, type)).allowed).toBe(true);
    const other = IRREVERSIBLE.find((one) => one !== type)!;
    expect(judgeAccess(named, sign('vc-1', A, other)).allowed).toBe(false);
  });

  it.each(IRREVERSIBLE)('that deny everything deny %s too', (type) => {
    for (const types of ['', 'types: all,', 'types: "*",']) {
      const policy = policyOf(
        `{ client: vc-1, actions: sign, ${types} allow: false }`,
        `{ client: "vc-*", actions: sign, types: ${type}, allow: true }`,
      );
      expect(judgeAccess(policy, sign('vc-1', A, type))).toMatchObject({ allowed: false, rule: 0 });
      expect(judgeAccess(policy, sign('vc-10', A, type))).toMatchObject({ allowed: true, rule: 1 });
    }
  });

  it('of one action say nothing of another', () => {
    const policy = policyOf('{ client: mon, actions: [list-keys, keymanager-read], allow: true }');
    const may = (action: Action) =>
      judgeAccess(policy, { client: 'mon', action, key: A, type: 'ATTESTATION' } as never).allowed;
    expect(ACTIONS.filter(may)).toEqual(['list-keys', 'keymanager-read']);
  });
});

describe("the owner's token", () => {
  it('is meant by no wildcard, can be denied by name, and signs nothing by itself', () => {
    const owner = (...rules: string[]) => {
      const policy = policyOf(...rules);
      return (action: Action) =>
        judgeAccess(policy, { client: 'api-token', action, key: A, type: 'ATTESTATION' } as never).allowed;
    };
    const OWN: Action[] = [
      ...(['list-keys', 'keymanager-read', 'keymanager-write'] as const),
      ...(['admin', 'history-read', 'freeze', 'reload'] as const),
    ];
    expect(ACTIONS.filter(owner())).toEqual(OWN);
    const all = ACTIONS.join(', ');
    expect(ACTIONS.filter(owner(`{ client: "*", actions: [${all}], allow: false }`))).toEqual(OWN);
    expect(ACTIONS.filter(owner('{ client: "*", actions: [sign], allow: true }'))).toEqual(OWN);
    expect(ACTIONS.filter(owner(`{ client: api-token, actions: [${all}], allow: false }`))).toEqual([]);
    expect(owner('{ client: api-token, actions: sign, allow: true }')('sign')).toBe(true);
  });

  it('cannot be the token of a client as well', () => {
    const text = `clients:\n  - { name: a, token-sha256: ${digestOf('a')} }\nrules: []\n`;
    const policy = parseAccessPolicy(text, 'access.yaml');
    const token = 'the token';
    const same = { ...policy.clients[0]!, tokenDigest: compilePolicy(policy, token).clients[1]!.tokenDigest };
    expect(() => compilePolicy({ clients: [same], rules: [] }, token)).toThrow(
      expect.objectContaining({ code: 'ACCESS_FILE_INVALID' }),
    );
  });
});

describe('message types', () => {
  it('have all a place in the policy', () => {
    expect([...POLICY_TYPES].sort()).toEqual([...MESSAGE_TYPES].sort());
  });

  it('of a proposal include the RANDAO reveal, without which there is none', () => {
    expect(typesOf('proposing', true)).toEqual(
      expect.arrayContaining(['BLOCK', 'BLOCK_V2', 'RANDAO_REVEAL']),
    );
    expect(typesOf('attesting', true)).not.toContain('BLOCK_V2');
  });
});

/** First match, written as the documentation says it, over rules and questions out of a small world. */
describe('for any rules and any question', () => {
  const clients = ['vc-1', 'vc-10', 'mon'];
  const rule: fc.Arbitrary<AccessRule> = fc.record({
    allow: fc.boolean(),
    client: fc.constantFrom('vc-1', 'vc-10', 'mon', 'vc-*', '*', '*1*', 'vc-*0'),
    actions: fc.subarray([...ACTIONS], { minLength: 1 }).map((some) => new Set(some)),
    keys: fc.constantFrom(null, new Set([A]), new Set([B]), new Set([A, B])),
    types: fc.subarray(POLICY_TYPES, { minLength: 1 }).map((some) => new Set(some)),
    typeWords: fc.constant(['x']),
  });
  const C = parsePubkey(`0x${'cc'.repeat(48)}`, 'key');
  const question = fc.record({
    client: fc.constantFrom(...clients),
    action: fc.constantFrom(...ACTIONS),
    key: fc.constantFrom(A, B, C),
    type: fc.constantFrom(...POLICY_TYPES),
  });
  const named = (pattern: string, name: string) =>
    new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(name);

  it('the first rule that matches decides, whatever was asked before, and the explanation agrees', () => {
    fc.assert(
      fc.property(
        fc.array(rule, { maxLength: 6 }),
        fc.array(question, { minLength: 1, maxLength: 12 }),
        (rules, questions) => {
          const entries = clients.map((name) => ({
            name,
            tokenDigest: Buffer.from(digestOf(name), 'hex'),
            certificate: null,
            rateLimit: null,
          }));
          const policy = compilePolicy({ clients: entries, rules }, 'owner');
          for (const { client, action, key, type } of questions) {
            const asked = (
              action === 'sign'
                ? { client, action, key, type }
                : KEYED_ACTIONS.includes(action)
                  ? { client, action, key }
                  : { client, action }
            ) as AccessQuestion & { client: string };
            const expected = rules.findIndex(
              (one) =>
                named(one.client, client) &&
                one.actions.has(action) &&
                (!KEYED_ACTIONS.includes(action) || one.keys === null || one.keys.has(key)) &&
                (action !== 'sign' || one.types.has(type)),
            );
            const decision = judgeAccess(policy, asked);
            expect(decision.rule).toBe(expected === -1 ? null : expected);
            expect(decision.allowed).toBe(rules[expected]?.allow ?? false);
            const { decision: explained, passedOver } = explainAccess(policy, asked);
            expect(explained).toEqual(decision);
            expect(passedOver.map((one) => one.rule)).toEqual(
              rules.map((_, index) => index).slice(0, expected === -1 ? rules.length : expected),
            );
            for (const { reasons } of passedOver) expect(reasons).not.toEqual([]);
            if (action !== 'sign') continue;
            const ever = POLICY_TYPES.some((one) => judgeAccess(policy, sign(client, key, one)).allowed);
            expect(mayEver(policy, client, 'sign', key)).toBe(ever);
            const any = [A, B, C].some((one) => mayEver(policy, client, 'sign', one));
            expect(mayEver(policy, client, 'sign')).toBe(any);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('what is remembered does not grow with the keys that are asked for', () => {
    const policy = policyOf(`{ client: vc-1, actions: sign, keys: ${A}, allow: true }`);
    for (let number = 0; number < 1000; number += 1) {
      const key = parsePubkey(`0x${number.toString(16).padStart(96, '0')}`, 'key');
      expect(judgeAccess(policy, sign('vc-1', key)).allowed).toBe(false);
    }
    expect(judgeAccess(policy, sign('vc-1')).allowed).toBe(true);
    expect(policy.byName.get('vc-1')!.decisions.size).toBe(2);
  });
});
