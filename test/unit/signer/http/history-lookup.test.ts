import { describe, expect, it } from 'vitest';
import type { FrontDoorOptions } from '../../../../signer/access/front-door.ts';
import { accessFileText, tokenOf, writeAccessFile } from '../../../support/access-fixture.ts';
import { attestation, attestationData, bytes, lookup } from '../../../support/signer-bodies.ts';
import { call, failure, signingHistory } from '../../../support/signer-call.ts';
import { sign } from '../../../support/signer-client.ts';
import { startSignerFixture, type SignerFixture } from '../../../support/signer-fixture.ts';
import { NETWORK, NOW_EPOCH, NOW_SLOT } from '../../../support/signer-network.ts';
import { DOMAIN_BEACON_ATTESTER } from '@lodestar/params';
import { forkAtEpoch } from '../../../../core/chain/chain-spec.ts';
import { computeDomain, computeSigningRoot } from '../../../../core/chain/signing-root.ts';
import { epoch } from '../../../../core/units.ts';

const { ssz } = await import('@lodestar/types');

const PATH = '/vigil/v1/history/lookup';

/** The message of a vote as somebody computes it who saw it on chain. */
function seenVote(pubkey: string, source: bigint, target: bigint, head?: string) {
  const data = ssz.phase0.AttestationDataBigint.fromJson(
    attestationData(source, target, head === undefined ? {} : { head }),
  );
  const { version } = forkAtEpoch(NETWORK, epoch(target));
  const domain = computeDomain(DOMAIN_BEACON_ATTESTER, version, NETWORK.genesisValidatorsRoot);
  const root = computeSigningRoot(ssz.phase0.AttestationDataBigint.hashTreeRoot(data), domain);
  return {
    ...{ kind: 'attestation', pubkey, signing_root: root as string },
    ...{ source_epoch: source.toString(), target_epoch: target.toString() },
  };
}

interface Looked {
  readonly history: { readonly since_ms: string | null; readonly pruned: boolean };
  readonly data: readonly Readonly<Record<string, unknown>>[];
}

async function looked(signer: SignerFixture, ...messages: readonly Record<string, unknown>[]) {
  const { status, text } = await call(signer, 'POST', PATH, lookup(...messages));
  expect({ status, text }).toMatchObject({ status: 200 });
  return JSON.parse(text) as Looked;
}

/** A signer that has had its key for some epochs. */
async function started() {
  const signer = await startSignerFixture({ nowSlot: NOW_SLOT - 40n });
  signer.setSlot(NOW_SLOT);
  return signer;
}

describe(`POST ${PATH}`, () => {
  it('tells a vote that was signed from one that was not, and shows what was signed instead', async () => {
    const signer = await started();
    expect((await sign(signer, attestation(53n, 54n))).status).toBe(200);
    const ours = seenVote(signer.pubkey, 53n, 54n);
    const { history, data } = await looked(signer, ours, seenVote(signer.pubkey, 53n, 54n, bytes(32)));
    const recorded = [
      { slot: null, source_epoch: '53', target_epoch: '54', signing_root: ours.signing_root },
    ];
    expect(history.pruned).toBe(false);
    expect(data).toMatchObject([
      { verdict: 'signed', key: 'active', frozen: null, recorded },
      { verdict: 'not_signed', key: 'active', frozen: null, recorded },
    ]);
  });

  it('tells keys that are frozen, and keys that are not here', async () => {
    const signer = await started();
    await signer.guard.operator.freeze([signer.pubkey], { by: 'test', reason: 'stolen' });
    const block = { kind: 'block', slot: NOW_SLOT.toString(), signing_root: bytes(32) };
    const { data } = await looked(
      signer,
      { ...block, pubkey: signer.pubkey },
      { ...block, pubkey: bytes(48, 'a7') },
    );
    expect(data).toMatchObject([
      { verdict: 'not_signed', key: 'active', frozen: 'stolen', recorded: [] },
      { verdict: 'elsewhere', key: 'unknown', frozen: null },
    ]);
  });

  it('leaves no trace in the history and gives no permission', async () => {
    const signer = await started();
    await looked(signer, seenVote(signer.pubkey, 53n, 54n));
    await signer.close();
    expect(signingHistory(signer)).toEqual([]);
  });

  it.each<[string, string, (body: ReturnType<typeof lookup>) => unknown]>([
    [
      'another network',
      'GENESIS_VALIDATORS_ROOT_MISMATCH',
      (body) => ({ ...body, genesis_validators_root: bytes(32) }),
    ],
    ['another fork', 'FORK_VERSION_MISMATCH', (body) => spoil(body, { fork_version: '0x040000f0' })],
    ['a key that is none', 'BAD_HEX', (body) => spoil(body, { pubkey: '0x12' })],
    ['a root that is none', 'BAD_HEX', (body) => spoil(body, { signing_root: bytes(31) })],
    ['an epoch that is none', 'BAD_INTEGER', (body) => spoil(body, { target_epoch: '-1' })],
    ['nothing', 'MALFORMED_REQUEST', (body) => ({ ...body, messages: [] })],
    [
      'too much',
      'MALFORMED_REQUEST',
      (body) => ({ ...body, messages: Array.from({ length: 5001 }, () => body.messages[0]) }),
    ],
  ])('refuses what is about %s', async (_what, code, change) => {
    const signer = await started();
    const body = change(lookup(seenVote(signer.pubkey, NOW_EPOCH - 2n, NOW_EPOCH - 1n)));
    expect(failure(await call(signer, 'POST', PATH, body))).toEqual({ status: 400, code });
  });

  it('is for those who may administer keys', async () => {
    const rules = [
      '{ client: monitor, actions: admin, allow: true }',
      '{ client: vc, actions: [sign, keymanager-read, keymanager-write], allow: true }',
    ];
    const accessFile = writeAccessFile(accessFileText(['monitor', 'vc'], rules));
    const frontDoor: FrontDoorOptions = { accessFile, tls: null, rateLimit: null };
    const signer = await startSignerFixture({ frontDoor });
    const body = lookup(seenVote(signer.pubkey, 53n, 54n));
    const ask = (authorization: string) => call(signer, 'POST', PATH, body, authorization);
    expect((await ask(`Bearer ${tokenOf('monitor')}`)).status).toBe(200);
    expect(failure(await ask(`Bearer ${tokenOf('vc')}`))).toEqual({ status: 403, code: 'ACCESS_DENIED' });
    expect(failure(await ask('Bearer nobody'))).toEqual({ status: 401, code: 'UNAUTHORIZED' });
  });
});

function spoil(body: ReturnType<typeof lookup>, change: Readonly<Record<string, unknown>>): unknown {
  return { ...body, messages: body.messages.map((message) => ({ ...message, ...change })) };
}
