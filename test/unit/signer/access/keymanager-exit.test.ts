import { describe, expect, it } from 'vitest';
import { OPEN_DOOR } from '../../../../signer/access/front-door.ts';
import type { Explanation } from '../../../../signer/explain/explanation.ts';
import { accessFileText, tokenOf, writeAccessFile } from '../../../support/access-fixture.ts';
import { startBeaconNode } from '../../../support/signer-beacon-node.ts';
import { call, failure, signingHistory } from '../../../support/signer-call.ts';
import {
  everythingAllowed,
  startSignerFixture,
  type SignerFixture,
} from '../../../support/signer-fixture.ts';

const CLIENTS = ['op', 'mon', 'exits'];
const ELSEWHERE = `0x${'ab'.repeat(48)}`;
const WRITES = '{ client: op, actions: [keymanager-read, keymanager-write, admin], allow: true }';
const NAMED = '{ client: "*", actions: sign, types: VOLUNTARY_EXIT, allow: true }';

async function signerWith(...rules: string[]) {
  const node = await startBeaconNode();
  const accessFile = writeAccessFile(accessFileText(CLIENTS, rules));
  const frontDoor = { ...OPEN_DOOR, accessFile, watchMs: 1e9 };
  const signer = await startSignerFixture({
    ...{ frontDoor, beaconNodes: [node.url], policy: everythingAllowed },
  });
  const validator = { pubkey: signer.pubkey, slashed: false };
  node.answer('/eth/v1/beacon/states/head/validators', {
    data: [{ index: '7', status: 'active_ongoing', validator }],
  });
  return { signer, node };
}

const exitAs = (signer: SignerFixture, token: string, pubkey: string = signer.pubkey) =>
  call(signer, 'POST', `/eth/v1/validator/${pubkey}/voluntary_exit`, undefined, `Bearer ${token}`);

const DENIED = { status: 403, code: 'ACCESS_DENIED' };

describe('no exit is made over the keymanager API', () => {
  it.each([
    ['that may write, and sign nothing', [WRITES]],
    [
      'that may write and sign all that need not be named',
      [WRITES, '{ client: op, actions: sign, allow: true }'],
    ],
    [
      'whose exits an earlier rule denies',
      [WRITES, '{ client: "*", actions: sign, types: VOLUNTARY_EXIT, allow: false }', NAMED],
    ],
    [
      'that may exit with another key only',
      [WRITES, `{ client: op, actions: sign, keys: "${ELSEWHERE}", types: VOLUNTARY_EXIT, allow: true }`],
    ],
    ['that may sign it, and not write', [NAMED]],
  ])('by a client %s', async (_, rules) => {
    const { signer, node } = await signerWith(...rules);
    const asked = node.requests.length;
    const answer = await exitAs(signer, tokenOf('op'));
    expect(failure(answer)).toEqual(DENIED);
    expect(answer.text).not.toContain('signature"');
    expect(node.requests.length).toBe(asked);
  });

  it('and the refusal says client, key, type and rule, is counted and on record', async () => {
    const deny = '{ client: op, actions: sign, types: VOLUNTARY_EXIT, allow: false }';
    const { signer } = await signerWith(deny, WRITES);
    const answer = await exitAs(signer, tokenOf('op'));
    for (const part of ['op', signer.pubkey, 'VOLUNTARY_EXIT', 'rules[0] denies it']) {
      expect(answer.text).toContain(part);
    }
    expect(await signer.metrics.registry.metrics()).toContain(
      'vigil_signer_access_denied_total{client="op",action="sign"} 1\n',
    );
    await signer.close();
    expect(signingHistory(signer)).toMatchObject([
      { pubkey: signer.pubkey, type: 'VOLUNTARY_EXIT', verdict: 'refused', reason: 'ACCESS_DENIED' },
    ]);
  });

  it('nor does a client without the right learn whether a key is here', async () => {
    const { signer } = await signerWith(WRITES);
    const [here, away] = [
      await exitAs(signer, tokenOf('op')),
      await exitAs(signer, tokenOf('op'), ELSEWHERE),
    ];
    expect(away.status).toBe(403);
    expect(away.text.replace(ELSEWHERE, 'KEY')).toBe(here.text.replace(signer.pubkey, 'KEY'));
  });

  it('with the token of api-token.txt, when a rule names it to deny exits or all of the API', async () => {
    for (const rule of [
      '{ client: api-token, actions: sign, types: VOLUNTARY_EXIT, allow: false }',
      '{ client: api-token, actions: keymanager-write, allow: false }',
    ]) {
      const { signer } = await signerWith(rule);
      expect(failure(await exitAs(signer, signer.token))).toEqual(DENIED);
    }
  });
});

describe('an exit is made over the keymanager API', () => {
  it('by a client that may write and sign it', async () => {
    const { signer } = await signerWith(WRITES, NAMED);
    expect((await exitAs(signer, tokenOf('op'))).status).toBe(200);
  });

  it('with the token of api-token.txt, which no wildcard means', async () => {
    const deny = '{ client: "*", actions: [sign, keymanager-write], types: VOLUNTARY_EXIT, allow: false }';
    const { signer } = await signerWith(deny);
    expect((await exitAs(signer, signer.token)).status).toBe(200);
  });
});

describe('explain', () => {
  const told = async (signer: SignerFixture): Promise<unknown> => {
    const answer = await call(signer, 'GET', `/vigil/v1/keys/${signer.pubkey}/explain`);
    const { sections } = JSON.parse(answer.text) as Explanation;
    return sections.find(({ id }) => id === 'access')?.entries['may_have_exits_made'];
  };

  it('says who gets an exit that way, which are those who do', async () => {
    const mayWrite = '{ client: exits, actions: keymanager-write, allow: true }';
    const named = '{ client: exits, actions: sign, types: [VOLUNTARY_EXIT], allow: true }';
    for (const [rules, expected] of [
      [[WRITES, named], ['api-token (owner of the data directory)']],
      [
        [WRITES, named, mayWrite],
        ['exits (rules[1] and rules[2])', 'api-token (owner of the data directory)'],
      ],
      [['{ client: api-token, actions: sign, types: VOLUNTARY_EXIT, allow: false }'], 'nobody'],
      [
        ['{ client: api-token, actions: [sign, keymanager-write], types: VOLUNTARY_EXIT, allow: true }'],
        ['api-token (rules[0])'],
      ],
    ] as const) {
      const { signer } = await signerWith(...rules);
      expect(await told(signer)).toEqual(expected);
      const names = [...CLIENTS.map((name) => [name, tokenOf(name)]), ['api-token', signer.token]] as const;
      const got: string[] = [];
      for (const [name, token] of names) if ((await exitAs(signer, token)).status === 200) got.push(name);
      expect(got).toEqual(Array.isArray(expected) ? expected.map((line: string) => line.split(' ')[0]) : []);
    }
  });

  it('says whose token it takes without an access file', async () => {
    const signer = await startSignerFixture();
    expect(await told(signer)).toBe('the holder of the token in api-token.txt');
  });
});
