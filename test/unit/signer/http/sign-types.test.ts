import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { chainSpecFromNode } from '../../../../core/chain/load-chain-spec.ts';
import { GATED_TYPES } from '../../../../core/config/gated-types.ts';
import { FORK_NAMES } from '../../../../core/chain/fork.ts';
import { parseRoot } from '../../../../core/units.ts';
import { generalPolicy } from '../../../../signer/policy/policy.ts';
import {
  aggregationSlot,
  attestation,
  block,
  bytes,
  deposit,
  fullBlock,
  fullBlockV2,
  spoiled,
  validatorRegistration,
  voluntaryExit,
} from '../../../support/signer-bodies.ts';
import { isSignatureOf, json, sign } from '../../../support/signer-client.ts';
import { diskOf } from '../../../support/signer-disk.ts';
import { startSignerFixture, type SignerFixture } from '../../../support/signer-fixture.ts';
import { firstEpochOf, forkInfoAt, NETWORK } from '../../../support/signer-network.ts';
import { itRefuses, refused, SECRET_NOTE } from './refused-inputs.ts';

const UNKNOWN_TYPE = [400, 'UNKNOWN_MESSAGE_TYPE'] as const;
const OUR_GENESIS_VERSION = '0x000000f0';
const ALL_ALLOWED = () => generalPolicy(GATED_TYPES);
const NOTE = { note: SECRET_NOTE };

describe('a type that must not be signed', () => {
  itRefuses([
    ...refused(41, [400, 'DEPOSIT_WRONG_NETWORK'], {
      'a deposit of mainnet': deposit('0x00000000'),
      'a deposit with the version of a later fork': deposit('0x050000f0'),
    }),
    ...refused(41, [400, 'BAD_HEX'], { 'a deposit with a version of 3 bytes': deposit('0x000000') }),
    ...refused(41, [412, 'POLICY_TYPE_NOT_ALLOWED'], {
      'a change of withdrawal credentials': {
        type: 'BLS_TO_EXECUTION_CHANGE',
        bls_to_execution_change: {
          validator_index: '3',
          from_bls_pubkey: bytes(48),
          to_execution_address: bytes(20),
        },
      },
      'an exit': voluntaryExit(55n),
      'a deposit': deposit(OUR_GENESIS_VERSION),
    }),
    ...refused(43, UNKNOWN_TYPE, {
      'an inclusion list': { type: 'INCLUSION_LIST', inclusion_list: NOTE },
      'a generic root': { type: 'GENERIC', generic: { merkle_root: bytes(32), domain: bytes(32) } },
      'a proof of validation': { type: 'PROOF_OF_VALIDATION', platform: 'x', timestamp: '1' },
      'a blob sidecar': { type: 'BLOB_SIDECAR', blob_sidecar: NOTE },
    }),
    ...refused(43, [400, 'MESSAGE_NOT_IN_FORK'], {
      'a payload attestation before Gloas': payloadAttestation(440n),
    }),
  ]);
});

describe('39: a full block', () => {
  it('is signed over the body that was sent', async () => {
    const { text } = await signedBy(fullBlock(8n, bytes(32, '01')));
    const other = await signedBy(fullBlock(8n, bytes(32, '02')));
    expect(other.text).not.toBe(text);
  });

  it('whose body changed does not go with the signing root of the old body', async () => {
    const signer = await startSignerFixture();
    const mismatch = json(await sign(signer, { ...fullBlock(8n), signing_root: bytes(32) }));
    const root = /that of the message is (0x[0-9a-f]{64})/.exec(mismatch['message'] ?? '')?.[1];
    const before = await diskOf(signer);

    const changed = await sign(signer, { ...fullBlockV2(8n, bytes(32, '02')), signing_root: root });
    expect({ status: changed.status, code: json(changed)['code'] }).toEqual({
      status: 400,
      code: 'SIGNING_ROOT_MISMATCH',
    });
    expect(await diskOf(signer)).toEqual(before);
    expect((await sign(signer, { ...fullBlockV2(8n), signing_root: root })).status).toBe(200);
  });

  it('cannot bring a body root of its own', async () => {
    const plain = await signedBy(fullBlock(8n));
    const { signer, text } = await signedBy(
      spoiled(fullBlock(8n), 'block.body_root', bytes(32)),
      plain.signer,
    );
    expect(text).toBe(plain.text);
    expect((await diskOf(signer)).tables['block_watermarks']).toHaveLength(1);
  });
});

describe('the domain is ours', () => {
  it('13: whatever else an unslashable request carries', async () => {
    const { signer, text } = await signedBy(aggregationSlot(440n));
    const objectRoot = new Uint8Array(32);
    new DataView(objectRoot.buffer).setBigUint64(0, 440n, true);
    const selectionProof = [5, 0, 0, 0];
    const expected = signingRoot(objectRoot, selectionProof, '050000f0', NETWORK.genesisValidatorsRoot);
    expect(isSignatureOf(signer.pubkey, expected, text)).toBe(true);

    const attester = { domain: '0x01000000', domain_type: '0x01000000', signing_domain: bytes(32) };
    expect((await signedBy({ ...aggregationSlot(440n), ...attester }, signer)).text).toBe(text);
  });

  it('41: an exit is signed for Capella, also with the fork of today beside it', async () => {
    const { signer, text } = await signedBy(
      voluntaryExit(55n),
      await startSignerFixture({ policy: ALL_ALLOWED }),
    );
    const words = Buffer.alloc(64);
    words.writeBigUInt64LE(55n, 0);
    words.writeBigUInt64LE(3n, 32);
    const objectRoot = createHash('sha256').update(words).digest();
    const expected = signingRoot(objectRoot, [4, 0, 0, 0], '030000f0', NETWORK.genesisValidatorsRoot);
    expect(isSignatureOf(signer.pubkey, expected, text)).toBe(true);
  });
});

describe('what no policy forbids', () => {
  it.each([
    ['40: a block of another proposer index', block(440n, bytes(32), '999999')],
    ['41: a deposit for this network', deposit(OUR_GENESIS_VERSION)],
    ['42: a registration with a foreign fee recipient', validatorRegistration(bytes(20, 'ee'))],
    ['43: a payload attestation in Gloas', payloadAttestation(firstEpochOf('gloas') * 8n)],
  ])('%s is signed', async (_name, body) => {
    const nowSlot = 100n * NETWORK.slotsPerEpoch;
    await signedBy(body, await startSignerFixture({ nowSlot, policy: ALL_ALLOWED }));
  });
});

describe('43: every type that a client sends today', () => {
  const folder = new URL('../../../fixtures/sign-requests/electra-minimal/', import.meta.url);
  const recorded = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({
      name,
      body: JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Record<string, string>,
    }));
  const genesisValidatorsRoot = '0x05d79a31a8e69ecd78114c50ce73116be33027d8431b82fff6c0b3cd9c2cbb1f';
  const versions = FORK_NAMES.slice(0, 6).flatMap((fork, index) => [
    [index === 0 ? 'GENESIS_FORK_VERSION' : `${fork.toUpperCase()}_FORK_VERSION`, `0x0${index}000001`],
    [`${fork.toUpperCase()}_FORK_EPOCH`, '0'],
  ]);
  const spec = chainSpecFromNode(
    { PRESET_BASE: 'minimal', SECONDS_PER_SLOT: '2', ...(Object.fromEntries(versions) as object) },
    { genesisTimeSeconds: 0n, genesisValidatorsRoot: parseRoot(genesisValidatorsRoot, 'root') },
  );

  it('is among the recorded requests', () => {
    expect(recorded).toHaveLength(10);
  });

  it.each(recorded)('$name is signed over the root that its client computed', async ({ name, body }) => {
    // A registration has the time at which it was recorded.
    const { timestamp } =
      (body as { validator_registration?: { timestamp: string } }).validator_registration ?? {};
    const nowSlot = timestamp === undefined ? 1000n : BigInt(timestamp) / 2n;
    const signer = await startSignerFixture({ spec, nowSlot, policy: ALL_ALLOWED });
    const { text } = await signedBy(body, signer);
    expect(isSignatureOf(signer.pubkey, body['signingRoot']!, text)).toBe(true);
    const { tables } = await diskOf(signer);
    expect(tables['attestation_watermarks']).toHaveLength(name === 'ATTESTATION.json' ? 1 : 0);
    expect(tables['block_watermarks']).toHaveLength(name === 'BLOCK_V2.json' ? 1 : 0);
  });
});

describe('a vote signed over HTTP', () => {
  it('carries a signature that another key does not have', async () => {
    const signer = await startSignerFixture({ keys: 2 });
    const [one, two] = await Promise.all(
      signer.pubkeys.map((identifier) => sign(signer, attestation(53n, 54n), { identifier })),
    );
    expect([one!.status, two!.status]).toEqual([200, 200]);
    expect(one!.text).not.toBe(two!.text);
  });
});

/** The bare signature in `text`. */
async function signedBy(
  body: object,
  signer?: SignerFixture,
): Promise<{ readonly signer: SignerFixture; readonly text: string }> {
  const used = signer ?? (await startSignerFixture());
  const answer = await sign(used, body, { headers: { accept: 'text/plain' } });
  expect(answer).toMatchObject({ status: 200, text: expect.stringMatching(/^0x[0-9a-f]{192}$/) as string });
  return { signer: used, text: answer.text };
}

/** `compute_domain` and `compute_signing_root` of the consensus specs, by hand. */
function signingRoot(objectRoot: Uint8Array, type: number[], version: string, networkRoot: string): string {
  const sha256 = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
  const hex = (text: string) => Buffer.from(text.replace('0x', ''), 'hex');
  const forkDataRoot = sha256(hex(version), Buffer.alloc(28), hex(networkRoot));
  const domain = Buffer.concat([Uint8Array.from(type), forkDataRoot.subarray(0, 28)]);
  return `0x${sha256(objectRoot, domain).toString('hex')}`;
}

function payloadAttestation(slot: bigint) {
  return {
    type: 'PAYLOAD_ATTESTATION_MESSAGE',
    fork_info: forkInfoAt(slot / NETWORK.slotsPerEpoch),
    payload_attestation_message: {
      version: 'GLOAS',
      data: {
        beacon_block_root: bytes(32),
        slot: slot.toString(),
        payload_present: true,
        blob_data_available: false,
      },
    },
  };
}
