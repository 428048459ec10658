import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../../../../signer/access/compile-policy.ts';
import { OPEN_DOOR } from '../../../../signer/access/front-door.ts';
import { judgeAccess } from '../../../../signer/access/judge-access.ts';
import { parseAccessPolicy } from '../../../../signer/access/parse-access-policy.ts';
import { accessFileText, tokenOf, writeAccessFile } from '../../../support/access-fixture.ts';
import { call } from '../../../support/signer-call.ts';
import { startSignerFixture } from '../../../support/signer-fixture.ts';
import { NETWORK } from '../../../support/signer-network.ts';

const CLIENTS = ['watch', 'look', 'op'];

async function statusesOf(client: string, ...rules: string[]) {
  const accessFile = writeAccessFile(accessFileText(CLIENTS, rules));
  const signer = await startSignerFixture({ frontDoor: { ...OPEN_DOOR, accessFile, watchMs: 1e9 } });
  const { pubkey } = signer;
  const ask = async (method: string, path: string, body?: unknown) =>
    (await call(signer, method, path, body, `Bearer ${tokenOf(client)}`)).status;
  const act = { pubkeys: [pubkey], reason: 'test' };
  const seen = {
    ...{ kind: 'attestation', pubkey, source_epoch: '53', target_epoch: '54' },
    ...{ signing_root: `0x${'11'.repeat(32)}`, fork_version: '0x00000000' },
  };
  const lookup = { genesis_validators_root: NETWORK.genesisValidatorsRoot, messages: [seen] };
  const floor = { pubkey, source_epoch: '1', reason: 'test' };
  return {
    // 400: let in, and the fork version was looked at.
    lookup: await ask('POST', '/vigil/v1/history/lookup', lookup),
    explain: await ask('GET', `/vigil/v1/keys/${pubkey}/explain`),
    freeze: await ask('POST', '/vigil/v1/keys/freeze', act),
    unfreeze: await ask('POST', '/vigil/v1/keys/unfreeze', act),
    handover: await ask('POST', '/vigil/v1/keys/handover', { ...act, out_epoch: '3000' }),
    takeover: await ask('POST', '/vigil/v1/keys/takeover', { receipt: '', reason: 'test' }),
    override: await ask('POST', '/vigil/v1/keys/override-floor', floor),
    keys: await ask('GET', '/eth/v1/keystores'),
  };
}

const NOTHING = {
  ...{ lookup: 403, explain: 403, freeze: 403, unfreeze: 403 },
  ...{ handover: 403, takeover: 403, override: 403, keys: 403 },
};

describe('a monitor', () => {
  it('that may look cannot freeze', async () => {
    const statuses = await statusesOf('look', '{ client: look, actions: history-read, allow: true }');
    expect(statuses).toEqual({ ...NOTHING, lookup: 400, explain: 200 });
  });

  it('that may look and freeze can do no more, least of all unfreeze', async () => {
    const statuses = await statusesOf(
      'watch',
      '{ client: watch, actions: [history-read, freeze], allow: true }',
    );
    expect(statuses).toEqual({ ...NOTHING, lookup: 400, explain: 200, freeze: 200 });
  });

  it('that may freeze does not see the history', async () => {
    const statuses = await statusesOf('watch', '{ client: watch, actions: freeze, allow: true }');
    expect(statuses).toEqual({ ...NOTHING, freeze: 200 });
  });
});

describe('admin', () => {
  it('has both in it, as before they had names', async () => {
    const statuses = await statusesOf('op', '{ client: op, actions: admin, allow: true }');
    expect(statuses).toEqual({
      ...{ lookup: 400, explain: 200, freeze: 200, unfreeze: 200 },
      ...{ handover: 200, takeover: 400, override: 200, keys: 403 },
    });
  });

  it('that is denied denies both, unless an earlier rule allows them', () => {
    const judged = (...rules: string[]) => {
      const policy = compilePolicy(parseAccessPolicy(accessFileText(CLIENTS, rules), 'f'), 'owner');
      const may = (client: string) =>
        (['history-read', 'freeze', 'admin'] as const).filter(
          (action) => judgeAccess(policy, { client, action }).allowed,
        );
      return [may('watch'), may('api-token')];
    };
    const deny = '{ client: "*", actions: admin, allow: false }';
    const allow = '{ client: watch, actions: [history-read, freeze], allow: true }';
    const all = ['history-read', 'freeze', 'admin'];
    expect(judged(deny, allow)).toEqual([[], all]);
    expect(judged(allow, deny)).toEqual([['history-read', 'freeze'], all]);
    expect(judged('{ client: api-token, actions: admin, allow: false }')).toEqual([[], []]);
  });
});
