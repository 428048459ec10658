import { expect, it } from 'vitest';
import { createLogger } from '../../../../core/log/logger.ts';
import type { Pubkey } from '../../../../core/units.ts';
import { keyError } from '../../../../signer/key-errors.ts';
import { generateSecretKey, pubkeyOf } from '../../../../signer/keystore/bls-keys.ts';
import type { KeySource } from '../../../../signer/sources/key-source.ts';
import { SourceKeeper } from '../../../../signer/sources/source-keeper.ts';
import { startSignerFixture } from '../../../support/signer-fixture.ts';
import { randaoReveal } from '../../../support/signer-bodies.ts';
import { json, sign } from '../../../support/signer-client.ts';

it('a key that a source has named is listed and to be asked for again, until it signs or is given up', async () => {
  const signer = await startSignerFixture({ keys: 1 });
  const secretKey = generateSecretKey();
  const [opens, shut] = [pubkeyOf(secretKey), pubkeyOf(generateSecretKey())];
  const gate = Promise.withResolvers<void>();
  const source: KeySource = {
    name: 'nimbus /there',
    async *load({ onNamed }) {
      onNamed?.([opens, shut]);
      await gate.promise;
      yield { label: 'opens', pubkey: opens, secretKey };
      yield { label: 'shut', pubkey: shut, error: keyError('KEYSTORE_WRONG_PASSWORD') };
    },
  };
  const keeper = new SourceKeeper({
    sources: [source],
    has: (pubkey) => signer.keyring.has(pubkey),
    adopt: (pubkey, key) => signer.keyManager.adopt(pubkey, key),
    log: createLogger('silent'),
  });
  signer.keyring.awaitElsewhere(keeper);
  const ask = async (identifier: Pubkey) => {
    const answer = await sign(signer, randaoReveal(55n), { identifier });
    return [answer.status, answer.status === 200 ? null : json(answer)['code']];
  };
  const listed = async (): Promise<unknown> => (await fetch(`${signer.url}/api/v1/eth2/publicKeys`)).json();
  expect(await ask(opens)).toEqual([404, 'UNKNOWN_KEY']);
  const loading = keeper.load();
  expect([await ask(opens), await ask(shut)]).toEqual([
    [503, 'KEY_LOADING'],
    [503, 'KEY_LOADING'],
  ]);
  expect(await listed()).toEqual([...signer.pubkeys, opens, shut].sort());
  // A rescan does not take it for one of the data directory.
  expect(signer.keyring.isComing(opens)).toBe(false);
  gate.resolve();
  await loading;
  expect([await ask(opens), await ask(shut)]).toEqual([
    [200, null],
    [404, 'UNKNOWN_KEY'],
  ]);
  expect(await listed()).toEqual([...signer.pubkeys, opens].sort());
  await keeper.stop();
});
