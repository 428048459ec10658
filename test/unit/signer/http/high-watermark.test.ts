import { describe, expect, it } from 'vitest';
import { epoch, type Pubkey } from '../../../../core/units.ts';
import { attestation, block } from '../../../support/signer-bodies.ts';
import { send, sign } from '../../../support/signer-client.ts';
import { startSignerFixture, type SignerFixture } from '../../../support/signer-fixture.ts';
import { NETWORK } from '../../../support/signer-network.ts';

const PATH = '/api/v1/eth2/highWatermark';
const ACT = { by: 'test', reason: 'test' };

const highWatermark = async ({ url }: SignerFixture): Promise<unknown> => {
  const { status, headers, text } = await send(url, PATH);
  expect({ status, type: headers['content-type'] }).toEqual({
    status: 200,
    type: 'application/json; charset=utf-8',
  });
  return JSON.parse(text);
};
const handOver = (signer: SignerFixture, at: bigint, ...keys: readonly Pubkey[]) =>
  signer.guard.operator.handOver(keys, epoch(at), ACT);

describe(`GET ${PATH}`, () => {
  it('is {} without keys and while no key is handed over', async () => {
    expect(await highWatermark(await startSignerFixture({ keys: 0 }))).toEqual({});
    expect(await highWatermark(await startSignerFixture({ keys: 2 }))).toEqual({});
  });

  it('is {} while some keys are handed over, or to different epochs', async () => {
    const signer = await startSignerFixture({ keys: 2 });
    await handOver(signer, 60n, signer.pubkeys[0]!);
    expect(await highWatermark(signer)).toEqual({});
    await handOver(signer, 61n, signer.pubkeys[1]!);
    expect(await highWatermark(signer)).toEqual({});
  });

  it('is the epoch and slot from which on nothing is signed, once all keys share them', async () => {
    const signer = await startSignerFixture({ keys: 2, nowSlot: 70n * NETWORK.slotsPerEpoch });
    await handOver(signer, 72n, ...signer.pubkeys);
    expect(await highWatermark(signer)).toEqual({ epoch: '72', slot: '576' });

    signer.setSlot(75n * NETWORK.slotsPerEpoch);
    const statuses = [];
    for (const body of [block(575n), attestation(70n, 71n), block(576n), attestation(71n, 72n)]) {
      statuses.push((await sign(signer, body)).status);
    }
    expect(statuses).toEqual([200, 200, 412, 412]);
  });

  it('is not to be had as text', async () => {
    const { url } = await startSignerFixture();
    expect((await send(url, PATH, { headers: { accept: 'text/plain' } })).status).toBe(406);
  });
});
