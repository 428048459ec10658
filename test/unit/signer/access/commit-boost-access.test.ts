import { expect, it } from 'vitest';
import { OPEN_DOOR } from '../../../../signer/access/front-door.ts';
import { accessFileText, tokenOf, writeAccessFile } from '../../../support/access-fixture.ts';
import { call, failure } from '../../../support/signer-call.ts';
import { proxyKeystoresIn, type KeyMap } from '../../../support/signer-commit-boost.ts';
import { startSignerFixture } from '../../../support/signer-fixture.ts';

it('a module is shown the keys that it may use, and may use those that it is shown', async () => {
  const first = await startSignerFixture({ keys: 2 });
  await first.close();
  const { dataDir } = first;
  const [own, other] = first.pubkeys;
  const rules = [
    '{ client: looker, actions: list-keys, allow: true }',
    `{ client: strict, actions: commit-boost, keys: "${own}", allow: false }`,
    `{ client: module, actions: commit-boost, keys: "${own}", allow: true }`,
    '{ client: strict, actions: [commit-boost, list-keys], allow: true }',
  ];
  const accessFile = writeAccessFile(accessFileText(['looker', 'module', 'strict'], rules));
  const signer = await startSignerFixture({
    ...{ dataDir, keys: 0, proxyKeystores: proxyKeystoresIn(dataDir) },
    frontDoor: { ...OPEN_DOOR, accessFile, watchMs: 1e9 },
  });
  const shown = async (client: string) => {
    const authorization = `Bearer ${tokenOf(client)}`;
    const answer = await call(signer, 'GET', '/signer/v1/get_pubkeys', undefined, authorization);
    if (answer.status !== 200) return failure(answer);
    return (JSON.parse(answer.text) as { keys: KeyMap[] }).keys.map(({ consensus }) => consensus);
  };
  const used = async (client: string) => {
    const usable: string[] = [];
    for (const pubkey of first.pubkeys.toSorted()) {
      const body = { type: 'CONSENSUS', pubkey, object_root: `0x${'d4'.repeat(32)}` };
      const authorization = `Bearer ${tokenOf(client)}`;
      const answer = await call(signer, 'POST', '/signer/v1/request_signature', body, authorization);
      if (answer.status === 200) usable.push(pubkey);
    }
    return usable;
  };
  expect(await shown('looker')).toEqual({ status: 403, code: 'ACCESS_DENIED' });
  // Whatever it may list besides.
  expect(await shown('strict')).toEqual([other]);
  expect(await used('strict')).toEqual([other]);
  expect(await shown('module')).toEqual([own]);
  expect(await used('module')).toEqual([own]);
});
