import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { OPEN_DOOR } from '../../../../signer/access/front-door.ts';
import type { Explanation } from '../../../../signer/explain/explanation.ts';
import { generalPolicy } from '../../../../signer/policy/policy.ts';
import { accessFileText, bearer, writeAccessFile } from '../../../support/access-fixture.ts';
import { attestation, block, bytes } from '../../../support/signer-bodies.ts';
import { json, JSON_HEADERS, send, sign } from '../../../support/signer-client.ts';
import {
  startSignerFixture,
  type SignerFixture,
  type SignerFixtureOptions,
} from '../../../support/signer-fixture.ts';
import { NETWORK, NOW_EPOCH, NOW_SLOT } from '../../../support/signer-network.ts';

const pathOf = (identifier: string) => `/vigil/v1/keys/${identifier}/explain`;

async function explained(signer: SignerFixture, pubkey: string = signer.pubkey): Promise<Explanation> {
  const headers = { ...JSON_HEADERS, authorization: `Bearer ${signer.token}` };
  const answer = await send(signer.url, pathOf(pubkey), { headers });
  expect(answer.status).toBe(200);
  return json(answer) as unknown as Explanation;
}

const entriesOf = ({ sections }: Explanation, id: string) =>
  sections.find((section) => section.id === id)!.entries;
const codesOf = ({ refusals }: Explanation) => refusals.map(({ what, code }) => `${what}: ${code}`);

/** What the policy of the fixture refuses by default. */
const GATED = ['VOLUNTARY_EXIT', 'DEPOSIT', 'BLS_TO_EXECUTION_CHANGE'].map(
  (type) => `${type}: POLICY_TYPE_NOT_ALLOWED`,
);
const act = { by: 'test', reason: 'looking into it' };

describe('a key that may sign', () => {
  it('shows where it stands and what it may sign next', async () => {
    const signer = await startSignerFixture({ indexOf: () => 7n });
    await sign(signer, attestation(53n, 54n));
    await sign(signer, block(440n));
    const explanation = await explained(signer);
    expect(explanation).toMatchObject({ pubkey: signer.pubkey, from: 'signer' });
    expect(entriesOf(explanation, 'state')['state']).toEqual(['loaded', 'active']);
    expect(entriesOf(explanation, 'watermark')).toMatchObject({
      highest_block: 'slot 440',
      highest_attestation: '53 -> 54',
      next_block: 'slot 441 or later',
      next_attestation: 'source 53 or later, target 55 or later',
    });
    expect(entriesOf(explanation, 'policy')).toMatchObject({ validator_index: '7', fee_recipients: 'any' });
    expect(codesOf(explanation)).toEqual(GATED);
  });

  it('is not said to be refused because it has voted in this epoch', async () => {
    const signer = await startSignerFixture();
    expect((await sign(signer, attestation(NOW_EPOCH - 1n, NOW_EPOCH))).status).toBe(200);
    expect(codesOf(await explained(signer))).toEqual(GATED);
  });

  it('that never signed may start from nothing', async () => {
    const { next_block, next_attestation } = entriesOf(
      await explained(await startSignerFixture()),
      'watermark',
    );
    expect([next_block, next_attestation]).toEqual([
      'slot 0 or later',
      'source 0 or later, target 0 or later',
    ]);
  });
});

describe('whatever keeps a key from signing is told with its code, its reason and the way out', () => {
  type Arrange = (signer: SignerFixture) => Promise<unknown>;
  it.each<[string, SignerFixtureOptions, Arrange, string, RegExp, RegExp]>([
    [
      'frozen',
      {},
      ({ guard, pubkey }) => guard.operator.freeze([pubkey], act),
      'everything: KEY_FROZEN',
      /looking into it/,
      /unfreeze/,
    ],
    [
      'all frozen',
      {},
      ({ guard }) => guard.operator.freeze('all', act),
      'everything: ALL_FROZEN',
      /looking into it/,
      /unfreeze --all/,
    ],
    [
      'deleted',
      {},
      ({ keyManager, pubkey }) => keyManager.deleteKey(pubkey),
      'everything: KEY_DELETED',
      /deleted/,
      /import/,
    ],
    [
      'handed over',
      {},
      async (signer) => {
        const { guard, pubkey } = signer;
        await guard.operator.handOver([pubkey], (NOW_EPOCH + 2n) as never, act);
        signer.setSlot((NOW_EPOCH + 2n) * NETWORK.slotsPerEpoch);
      },
      'blocks and attestations: KEY_HANDED_OVER',
      /from epoch 57/,
      /hand it over there/,
    ],
    [
      'clock',
      { clockDoubt: () => 'three hours off' },
      () => Promise.resolve(),
      'blocks and attestations: CLOCK_UNTRUSTED',
      /three hours off/,
      /chronyc/,
    ],
    [
      'without history',
      { onMissingHistory: 'refuse' },
      () => Promise.resolve(),
      'blocks and attestations: MISSING_HISTORY',
      /nothing is known/,
      /slashing-db import/,
    ],
    [
      'raised to the present',
      { onMissingHistory: 'floor' },
      () => Promise.resolve(),
      'attestations: TARGET_NOT_ABOVE_WATERMARK',
      /epoch 55/,
      /wait for epoch 56 \(slot 448\)/,
    ],
  ])('%s', async (name, options, arrange, told, why, needed) => {
    const signer = await startSignerFixture(options);
    await arrange(signer);
    const explanation = await explained(signer);
    const code = told.split(': ')[1];
    const refusal = explanation.refusals.find((one) => one.code === code);
    expect(codesOf(explanation)).toContain(told);
    expect(refusal?.why).toMatch(why);
    expect(refusal?.needed).toMatch(needed);
    // What it tells is what happens.
    const now = name === 'handed over' ? NOW_EPOCH + 2n : NOW_EPOCH;
    const answer = json(await sign(signer, attestation(now - 1n, now)));
    expect(answer['code']).toBe(name === 'deleted' ? 'UNKNOWN_KEY' : code);
  });

  it('a boot floor', async () => {
    const signer = await startSignerFixture();
    await signer.guard.operator.acceptHistory(FLOOR, act, false);
    const explanation = await explained(signer);
    expect(codesOf(explanation)).toEqual([
      'blocks: BELOW_BOOT_FLOOR',
      'attestations: BELOW_BOOT_FLOOR',
      ...GATED,
    ]);
    expect(explanation.refusals[1]!.needed).toContain('wait for epoch 56');
    expect(entriesOf(explanation, 'watermark')['next_block']).toBe(`slot ${NOW_SLOT + 2n} or later`);
    for (const body of [block(NOW_SLOT), attestation(NOW_EPOCH - 1n, NOW_EPOCH)]) {
      expect(json(await sign(signer, body))['code']).toBe('BELOW_BOOT_FLOOR');
    }
  });

  it('a boot floor, with the source that the operator answers for', async () => {
    const signer = await startSignerFixture();
    await signer.guard.operator.acceptHistory(FLOOR, act, false);
    const next = async () => entriesOf(await explained(signer), 'watermark')['next_attestation'];
    expect(await next()).toBe('source 54 or later, target 56 or later');
    await signer.guard.operator.overrideFloor(signer.pubkey, 50n as never, act);
    expect(await next()).toBe('source 50 or later, target 56 or later');
    signer.setSlot((NOW_EPOCH + 1n) * NETWORK.slotsPerEpoch);
    expect(json(await sign(signer, attestation(49n, 56n)))['code']).toBe('SOURCE_BELOW_BOOT_FLOOR');
    expect((await sign(signer, attestation(50n, 56n))).status).toBe(200);
  });

  it('a watermark that is ahead of the clock', async () => {
    const signer = await startSignerFixture();
    expect((await sign(signer, block(NOW_SLOT))).status).toBe(200);
    expect(codesOf(await explained(signer))).toEqual(GATED);
    signer.setSlot(NOW_SLOT - 1n);
    expect(codesOf(await explained(signer))).toEqual(['blocks: BLOCK_NOT_ABOVE_WATERMARK', ...GATED]);
    expect(json(await sign(signer, block(NOW_SLOT - 1n)))['code']).toBe('BLOCK_NOT_ABOVE_WATERMARK');
  });
});

const FLOOR = { slot: NOW_SLOT, source: NOW_EPOCH - 1n, target: NOW_EPOCH } as never;

describe('the policy', () => {
  it('is shown as it is in force for the key, with where it comes from', async () => {
    const general = {
      feeRecipients: new Set([bytes(20, '01'), bytes(20, '02')]),
      gasLimit: { min: 30n, max: 60n },
      allow: new Set(['VOLUNTARY_EXIT'] as const),
    };
    const signer = await startSignerFixture({
      policy: () => ({ ...generalPolicy([]), general, blockFeeRecipient: 'required' }),
      keySettings: () => ({ feeRecipient: null, gasLimit: 36n }),
    });
    const explanation = await explained(signer);
    expect(entriesOf(explanation, 'policy')).toEqual({
      fee_recipients: [
        `${bytes(20, '01')} (policy for all keys)`,
        `${bytes(20, '02')} (policy for all keys)`,
      ],
      fee_recipient_of_blocks: 'required',
      gas_limit_of_payloads: '30 to 60 (policy for all keys)',
      gas_limit_asked_of_builders: '36 (keymanager API)',
      also_allowed: ['VOLUNTARY_EXIT (policy for all keys)'],
      validator_index: 'not known, so it is not checked',
    });
    expect(codesOf(explanation)).toEqual([
      ...GATED.slice(1),
      'any other fee recipient: POLICY_FEE_RECIPIENT',
      'any other gas limit: POLICY_GAS_LIMIT',
      'blocks without a proof of their fee recipient: POLICY_BLOCK_UNPROVEN',
    ]);
  });
});

describe('the access file', () => {
  const RULES = (key: string) => [
    "{ client: 'vc-*', actions: sign, types: VOLUNTARY_EXIT, allow: false }",
    `{ client: vc-1, actions: [sign, list-keys], keys: ['${key}'], types: [attesting, sync, BLOCK_V2], allow: true }`,
    '{ client: vc-2, actions: [sign, list-keys], allow: true }',
    '{ client: operator, actions: sign, types: [VOLUNTARY_EXIT, DEPOSIT], allow: true }',
    '{ client: operator, actions: [sign, commit-boost, admin], allow: true }',
  ];
  const CLIENTS = ['vc-1', 'vc-2', 'operator', 'monitor'];

  const accessOf = (explanation: Explanation): Record<string, unknown> => ({
    ...entriesOf(explanation, 'access'),
    denied: codesOf(explanation).filter((one) => one.includes('ACCESS_DENIED')),
  });

  async function signerWith(rules: readonly string[]): Promise<SignerFixture & { accessFile: string }> {
    const accessFile = writeAccessFile(accessFileText(CLIENTS, rules));
    const frontDoor = { ...OPEN_DOOR, accessFile, watchMs: 1e9 };
    return { ...(await startSignerFixture({ frontDoor })), accessFile };
  }

  it('is shown as what each client may ask of the key, by which rule', async () => {
    const key = bytes(48, 'b1');
    const signer = await signerWith(RULES(key));
    const ofAnyKey = {
      may_sign: [
        'vc-2: all (rules[2])',
        'operator: VOLUNTARY_EXIT, DEPOSIT (rules[3])',
        'operator: all (rules[4])',
      ],
      may_have_exits_made: ['api-token (owner of the data directory)'],
      may_see_it: ['vc-2 (rules[2])', 'api-token (owner of the data directory)'],
      may_use_commit_boost: ['operator (rules[4])'],
      denied: ['any other client or type: ACCESS_DENIED'],
    };
    expect(accessOf(await explained(signer))).toEqual(ofAnyKey);
    expect(accessOf(await explained(signer, key))).toEqual({
      ...ofAnyKey,
      may_sign: ['vc-1: attesting, sync, BLOCK_V2 (rules[1])', ...ofAnyKey.may_sign],
      may_see_it: ['vc-1 (rules[1])', ...ofAnyKey.may_see_it],
    });
  });

  it('is told of as requests meet it, also after it was exchanged', async () => {
    const signer = await signerWith(['{ client: vc-1, actions: sign, types: proposing, allow: true }']);
    const vote = async (client: string) =>
      (await sign(signer, attestation(53n, 54n), { headers: bearer(client) })).status;
    expect(accessOf(await explained(signer))['may_sign']).toEqual(['vc-1: proposing (rules[0])']);
    expect(await vote('vc-1')).toBe(403);
    writeFileSync(
      signer.accessFile,
      accessFileText(CLIENTS, ['{ client: vc-1, actions: sign, allow: true }']),
    );
    await signer.door.reload();
    expect(accessOf(await explained(signer))['may_sign']).toEqual(['vc-1: all (rules[0])']);
    expect(await vote('vc-1')).toBe(200);
    expect(await vote('vc-2')).toBe(403);
  });

  it('that lets nobody sign says so', async () => {
    const signer = await signerWith([]);
    expect(accessOf(await explained(signer))).toEqual({
      may_sign: 'nobody',
      may_have_exits_made: ['api-token (owner of the data directory)'],
      may_see_it: ['api-token (owner of the data directory)'],
      may_use_commit_boost: 'nobody',
      denied: ['everything: ACCESS_DENIED'],
    });
  });

  it('that is not there leaves signing to whoever reaches the port', async () => {
    const explanation = await explained(await startSignerFixture());
    expect(accessOf(explanation)).toMatchObject({
      may_sign: 'whoever reaches the signing port: there is no access file',
      denied: [],
    });
  });
});

describe('the route', () => {
  it('explains a key that was never here', async () => {
    const explanation = await explained(await startSignerFixture(), bytes(48));
    expect(entriesOf(explanation, 'state')['state']).toEqual(['missing', 'unknown']);
    expect(codesOf(explanation).slice(0, 2)).toEqual([
      'everything: UNKNOWN_KEY',
      'everything: KEY_NOT_ADMITTED',
    ]);
  });

  it('takes a key in any spelling, and nothing else', async () => {
    const signer = await startSignerFixture();
    const spelt = signer.pubkey.slice(2).toUpperCase();
    expect((await explained(signer, spelt)).pubkey).toBe(signer.pubkey);
    const headers = { ...JSON_HEADERS, authorization: `Bearer ${signer.token}` };
    const answer = await send(signer.url, pathOf('0x12'), { headers });
    expect({ status: answer.status, code: json(answer)['code'] }).toEqual({
      status: 400,
      code: 'MALFORMED_IDENTIFIER',
    });
  });

  it('wants the token, and says GET to anything else', async () => {
    const signer = await startSignerFixture();
    for (const headers of [JSON_HEADERS, { ...JSON_HEADERS, authorization: 'Bearer wrong' }]) {
      expect((await send(signer.url, pathOf(signer.pubkey), { headers })).status).toBe(401);
    }
    const posted = await send(signer.url, pathOf(signer.pubkey), { method: 'POST', headers: JSON_HEADERS });
    expect([posted.status, posted.headers.allow]).toEqual([405, 'GET, HEAD']);
  });
});
