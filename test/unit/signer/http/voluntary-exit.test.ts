import { describe, expect, it } from 'vitest';
import type { Pubkey } from '../../../../core/units.ts';
import { startBeaconNode, type TinyBeaconNode } from '../../../support/signer-beacon-node.ts';
import { verifiesAs } from '../../../support/bls-oracle.ts';
import { call, failure, signingHistory } from '../../../support/signer-call.ts';
import {
  everythingAllowed,
  startSignerFixture,
  type SignerFixture,
} from '../../../support/signer-fixture.ts';
import { NETWORK, NOW_EPOCH } from '../../../support/signer-network.ts';
import { container, signingRootOf, uint64 } from '../../../support/ssz-oracle.ts';

const UNKNOWN = `0x${'a7'.repeat(48)}`;
const CAPELLA = '0x030000f0';
const DOMAIN_VOLUNTARY_EXIT = '0x04000000';
const INDEX = '1234567';

interface Exit {
  readonly message: { readonly epoch: string; readonly validator_index: string };
  readonly signature: string;
}

const validator = (pubkey: string, status = 'active_ongoing', index = INDEX) => ({
  index,
  status,
  validator: { pubkey, slashed: false },
});

function knows(node: TinyBeaconNode, ...validators: object[]): void {
  node.answer('/eth/v1/beacon/states/head/validators', { data: validators });
}

async function signerWithNode(): Promise<{ signer: SignerFixture; node: TinyBeaconNode }> {
  const node = await startBeaconNode();
  const signer = await startSignerFixture({ beaconNodes: [node.url], policy: everythingAllowed });
  knows(node, validator(signer.pubkey));
  return { signer, node };
}

const exit = (signer: SignerFixture, query = '', pubkey: string = signer.pubkey, token?: string) =>
  call(signer, 'POST', `/eth/v1/validator/${pubkey}/voluntary_exit${query}`, undefined, token);

/** Computed by an implementation of its own, from the fork version that the test names. */
const exitRoot = (message: Exit['message'], version: string): string =>
  signingRootOf(
    container({ epoch: uint64, validator_index: uint64 }).root({ ...message }),
    DOMAIN_VOLUNTARY_EXIT,
    version,
    NETWORK.genesisValidatorsRoot,
  );

const verifies = (pubkey: Pubkey, { message, signature }: Exit, version: string): boolean =>
  verifiesAs(pubkey, exitRoot(message, version), signature);

describe('no exit is signed', () => {
  it('without the token, for a malformed or unknown key, or for an epoch that is none', async () => {
    const { signer, node } = await signerWithNode();
    const asked = node.requests.length;
    expect(failure(await exit(signer, '', signer.pubkey, 'Bearer 0'))).toMatchObject({ status: 401 });
    expect(failure(await exit(signer, '', '0x12'))).toEqual({ status: 400, code: 'MALFORMED_IDENTIFIER' });
    expect(failure(await exit(signer, '', UNKNOWN))).toEqual({ status: 404, code: 'UNKNOWN_KEY' });
    const bad = ['', '-1', '01', '0x10', '1.5', '18446744073709551616', '1&epoch=2'];
    for (const epoch of bad) {
      expect(failure(await exit(signer, `?epoch=${epoch}`))).toEqual({ status: 400, code: 'BAD_INTEGER' });
    }
    expect(node.requests.length).toBe(asked);
    // More than the exit of a client can hold either.
    const tooFar = await exit(signer, '?epoch=18446744073709551615');
    expect(tooFar.status).toBe(400);
    await signer.close();
    expect(signingHistory(signer)).toEqual([]);
  });

  it('without a beacon node', async () => {
    const signer = await startSignerFixture();
    expect(failure(await exit(signer))).toEqual({ status: 501, code: 'BEACON_NODE_NEEDED' });
  });

  it('when no beacon node answers, or only with nonsense', async () => {
    const { signer, node } = await signerWithNode();
    node.answer('/eth/v1/beacon/states/head/validators', 'busy', 503);
    expect(failure(await exit(signer))).toEqual({ status: 503, code: 'BEACON_UNREACHABLE' });
    node.answer('/eth/v1/beacon/states/head/validators', { data: [{ index: 1 }] });
    expect(failure(await exit(signer))).toEqual({ status: 503, code: 'BEACON_BAD_ANSWER' });
  });

  it('for a key without a validator, whatever others the node tells of', async () => {
    const { signer, node } = await signerWithNode();
    knows(node, validator(UNKNOWN));
    expect(failure(await exit(signer))).toEqual({ status: 404, code: 'VALIDATOR_NOT_FOUND' });
  });

  it.each(['pending_queued', 'active_exiting', 'active_slashed', 'exited_unslashed', 'withdrawal_done'])(
    'for a validator that is %s',
    async (status) => {
      const { signer, node } = await signerWithNode();
      knows(node, validator(signer.pubkey, status));
      expect(failure(await exit(signer))).toEqual({ status: 400, code: 'VALIDATOR_NOT_ACTIVE' });
    },
  );

  it('by a key that is frozen; the history says why', async () => {
    const { signer } = await signerWithNode();
    await signer.guard.operator.freeze([signer.pubkey], { by: 'test', reason: 'drill' });
    expect(failure(await exit(signer))).toEqual({ status: 412, code: 'KEY_FROZEN' });
    await signer.close();
    expect(signingHistory(signer)).toMatchObject([
      { pubkey: signer.pubkey, type: 'VOLUNTARY_EXIT', verdict: 'refused', reason: 'KEY_FROZEN' },
    ]);
  });
});

describe('an exit', () => {
  it('is for the current epoch unless one is named, and is on record', async () => {
    const { signer } = await signerWithNode();
    const answer = await exit(signer);
    expect(answer.status).toBe(200);
    const { data } = JSON.parse(answer.text) as { data: Exit };
    expect(data.message).toEqual({ epoch: NOW_EPOCH.toString(), validator_index: INDEX });
    expect(verifies(signer.pubkey, data, CAPELLA)).toBe(true);
    await signer.close();
    expect(signingHistory(signer)).toEqual([
      {
        pubkey: signer.pubkey,
        type: 'VOLUNTARY_EXIT',
        signingRoot: exitRoot(data.message, CAPELLA),
        verdict: 'signed',
        reason: null,
      },
    ]);
  });

  // EIP-7044: with the clock past Deneb, the Capella version for every epoch.
  it.each(['0', '15', '45', '55', '1000000'])('for epoch %s has the Capella domain', async (epoch) => {
    const { signer } = await signerWithNode();
    const { data } = JSON.parse((await exit(signer, `?epoch=${epoch}`)).text) as { data: Exit };
    expect(data.message.epoch).toBe(epoch);
    expect(verifies(signer.pubkey, data, CAPELLA)).toBe(true);
    expect(verifies(signer.pubkey, data, '0x040000f0')).toBe(false);
  });

  it('before Deneb has the domain of its epoch', async () => {
    const { signer } = await signerWithNode();
    signer.setSlot(15n * NETWORK.slotsPerEpoch);
    const { data } = JSON.parse((await exit(signer, '?epoch=12')).text) as { data: Exit };
    expect(verifies(signer.pubkey, data, '0x010000f0')).toBe(true);
  });

  it('is made with the next beacon node when the first is down', async () => {
    const down = await startBeaconNode();
    await down.close();
    const up = await startBeaconNode();
    const signer = await startSignerFixture({ beaconNodes: [down.url, up.url], policy: everythingAllowed });
    knows(up, validator(signer.pubkey));
    expect((await exit(signer)).status).toBe(200);
  });
});

it('is refused unless the policy allows exits', async () => {
  const node = await startBeaconNode();
  const signer = await startSignerFixture({ beaconNodes: [node.url] });
  knows(node, validator(signer.pubkey));
  expect(failure(await exit(signer))).toEqual({ status: 412, code: 'POLICY_TYPE_NOT_ALLOWED' });
});
