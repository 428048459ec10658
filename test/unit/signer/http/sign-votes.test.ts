import { describe, expect, it } from 'vitest';
import { epoch, slot, ZERO_ROOT } from '../../../../core/units.ts';
import type { GuardedMessage } from '../../../../slashing-db/index.ts';
import {
  attestation,
  attestationData,
  block,
  bytes,
  fullBlock,
  fullBlockV2,
  spoiled,
} from '../../../support/signer-bodies.ts';
import { json, sign } from '../../../support/signer-client.ts';
import { diskOf } from '../../../support/signer-disk.ts';
import { startSignerFixture } from '../../../support/signer-fixture.ts';
import { firstEpochOf, NETWORK } from '../../../support/signer-network.ts';
import { itRefuses, refused } from './refused-inputs.ts';

const INCONSISTENT = [400, 'ATTESTATION_INCONSISTENT'] as const;
const IN_THE_FUTURE = [400, 'IN_THE_FUTURE'] as const;
const OTHER = { head: bytes(32) };
const gloas = firstEpochOf('gloas');
const inGloas = { options: { nowSlot: (gloas + 5n) * NETWORK.slotsPerEpoch } };
const signed = { before: [attestation(53n, 54n)] };

describe('a vote or block that must not be signed', () => {
  itRefuses([
    ...refused(24, [412, 'SOURCE_AFTER_TARGET'], { 'a source after the target': attestation(55n, 54n) }),
    ...refused(25, INCONSISTENT, { 'a source equal to the target': attestation(55n, 55n) }),
    ...refused(26, INCONSISTENT, {
      'a target of the epoch before the slot': attestation(53n, 54n, { slot: 440n }),
      'a target of the epoch after the slot': attestation(53n, 54n, { slot: 431n }),
    }),
    ...refused(27, INCONSISTENT, {
      'a committee index since Electra': attestation(54n, 55n, { index: '1' }),
      'a committee index before Electra that no committee has': attestation(44n, 45n, { index: '4' }),
    }),
    ...refused(
      27,
      INCONSISTENT,
      { 'a payload status of 2 in Gloas': attestation(gloas, gloas + 1n, { index: '2' }) },
      inGloas,
    ),
    ...refused(
      27,
      [412, 'DOUBLE_VOTE'],
      { 'both payload statuses in Gloas': attestation(gloas, gloas + 1n, { index: '1' }) },
      { ...inGloas, before: [attestation(gloas, gloas + 1n, { index: '0' })] },
    ),
    ...refused(28, IN_THE_FUTURE, {
      'a vote of the next epoch': attestation(55n, 56n),
      'a vote of years ahead': attestation(54n, 1_000_000n),
      'a block two slots ahead': block(445n),
    }),
    ...refused(29, [412, 'TARGET_NOT_ABOVE_WATERMARK'], { 'an old vote': attestation(1n, 2n) }, signed),
    ...refused(
      29,
      [412, 'BLOCK_NOT_ABOVE_WATERMARK'],
      { 'an old block': fullBlock(7n) },
      { before: [block(440n)] },
    ),
    ...refused(30, [412, 'DOUBLE_VOTE'], { 'another head': attestation(53n, 54n, OTHER) }, signed),
    ...refused(30, [412, 'DOUBLE_VOTE'], { 'another source': attestation(52n, 54n) }, signed),
    ...refused(
      30,
      [412, 'DOUBLE_VOTE'],
      { 'another slot of the epoch': attestation(53n, 54n, { slot: 433n }) },
      signed,
    ),
    ...refused(32, [412, 'SURROUND_VOTE'], { 'a surrounding vote': attestation(52n, 55n) }, signed),
    ...refused(
      32,
      [412, 'TARGET_NOT_ABOVE_WATERMARK'],
      { 'a surrounded vote': attestation(52n, 53n) },
      { before: [attestation(50n, 54n)] },
    ),
    ...refused(
      33,
      [412, 'DOUBLE_PROPOSAL'],
      { 'another body': block(440n, bytes(32)) },
      { before: [block(440n)] },
    ),
    ...refused(
      33,
      [412, 'DOUBLE_PROPOSAL'],
      { 'another body in the other form': fullBlockV2(8n, bytes(32, '22')) },
      { before: [fullBlock(8n)] },
    ),
  ]);
});

describe('what is safe', () => {
  it('25: is signed in the very first epoch, where source and target are both 0', async () => {
    const signer = await startSignerFixture({ nowSlot: 3n });
    expect((await sign(signer, attestation(0n, 0n))).status).toBe(200);
    expect((await diskOf(signer)).tables['attestation_watermarks']).toMatchObject([
      { source: 0n, target: 0n },
    ]);
  });

  it('26: is signed in the last slot of the target epoch', async () => {
    const signer = await startSignerFixture();
    expect((await sign(signer, attestation(53n, 54n, { slot: 439n }))).status).toBe(200);
  });

  it('28: is signed one slot ahead, which is what a client with a quick clock asks for', async () => {
    const signer = await startSignerFixture({ nowSlot: 447n });
    expect((await sign(signer, block(448n))).status).toBe(200);
    expect((await sign(signer, attestation(55n, 56n))).status).toBe(200);
  });

  it.each([
    ['31: a vote', attestation(53n, 54n), attestation(53n, 54n)],
    ['33: a block', block(440n), block(440n)],
    ['33: a full block in both forms', fullBlock(8n), fullBlockV2(8n)],
  ])('%s is signed again with the same signature and without a write', async (_name, first, second) => {
    const signer = await startSignerFixture();
    const one = await sign(signer, first);
    const before = await diskOf(signer);
    const two = await sign(signer, second);
    expect([one.status, two.status]).toEqual([200, 200]);
    expect(two.text).toBe(one.text);
    expect(await diskOf(signer)).toEqual(before);
  });

  it('ignores members that clients send beside the message', async () => {
    const signer = await startSignerFixture();
    const body = attestation(53n, 54n);
    const plain = await sign(signer, body);
    const extra = await sign(signer, {
      ...spoiled(body, 'attestation', { ...attestationData(53n, 54n), note: 1 }),
      validator_index: '3',
      beacon_block: null,
    });
    expect(extra.status).toBe(200);
    expect(extra.text).toBe(plain.text);
  });
});

describe('38: a signing root of zeros, which some exports have for unknown ones', () => {
  const messages: Record<string, GuardedMessage> = {
    block: { kind: 'block', slot: slot(440n), signingRoot: ZERO_ROOT },
    attestation: { kind: 'attestation', source: epoch(53n), target: epoch(54n), signingRoot: ZERO_ROOT },
  };
  it.each(Object.entries(messages))(
    'is equal to nothing, not even to itself (%s)',
    async (_kind, message) => {
      const { guard, pubkey } = await startSignerFixture();
      let signatures = 0;
      const ask = () => guard.release(pubkey, message, () => Promise.resolve((signatures += 1)));
      expect((await ask()).kind).toBe('released');
      expect((await ask()).kind).toBe('refused');
      expect(signatures).toBe(1);
    },
  );
});

describe('the answer to a refusal', () => {
  it('says in numbers what stands against it', async () => {
    const signer = await startSignerFixture();
    await sign(signer, attestation(53n, 54n));
    const answer = json(await sign(signer, attestation(52n, 55n)));
    expect(Object.keys(answer).sort()).toEqual(['code', 'hint', 'message']);
    expect(answer['message']).toContain('52 -> 55');
    expect(answer['message']).toContain('53 -> 54');
  });
});
