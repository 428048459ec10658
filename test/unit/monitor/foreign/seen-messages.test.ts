import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epoch, parsePubkey, parseRoot, slot, type Root } from '../../../../core/units.ts';
import { blockWith, seenAgain } from '../../../../monitor/foreign/foreign-evidence.ts';
import { decodeSeen, encodeSeen, type SeenMessage } from '../../../../monitor/foreign/index.ts';
import { judgeAnswers } from '../../../../monitor/foreign/judge-answers.ts';
import type { SignerSays } from '../../../../monitor/foreign/signer-history.ts';
import type { AttestationDataFacts, BlockFacts } from '../../../../monitor/model/block-facts.ts';
import { attestation, attestationData, bytes } from '../../../support/signer-bodies.ts';
import { json, sign } from '../../../support/signer-client.ts';
import { startSignerFixture } from '../../../support/signer-fixture.ts';
import { firstEpochOf, NETWORK } from '../../../support/signer-network.ts';

const { seenBlock, seenVote } = await import('../../../../monitor/foreign/see.ts');

const WHO = { index: 7, pubkey: parsePubkey(bytes(48), 'pubkey'), group: 'default', labels: [] };
const root = (fill: string): Root => parseRoot(bytes(32, fill), 'root');

function vote(
  source: bigint,
  target: bigint,
  change: Partial<AttestationDataFacts> = {},
): AttestationDataFacts {
  const data = attestationData(source, target);
  return {
    slot: slot(BigInt(data.slot)),
    index: 0n,
    beaconBlockRoot: data.beacon_block_root as Root,
    source: { epoch: epoch(source), root: data.source.root as Root },
    target: { epoch: epoch(target), root: data.target.root as Root },
    ...change,
  };
}
const see = (data: AttestationDataFacts) => seenVote(NETWORK, WHO, data, { slot: data.slot, root: null });

describe('a signing root', () => {
  it.each(['phase0', 'altair', 'deneb', 'electra', 'fulu'] as const)(
    'is the one that the signer computes, in %s',
    async (fork) => {
      const target = firstEpochOf(fork) + 5n;
      const signer = await startSignerFixture({ nowSlot: (target + 1n) * NETWORK.slotsPerEpoch });
      const { signingRoot } = see(vote(target - 1n, target));
      const body = { ...attestation(target - 1n, target), signingRoot };
      expect((await sign(signer, body)).status).toBe(200);
      // The signer compares: with another one it says so.
      const other = { ...body, signingRoot: root('12') };
      expect(json(await sign(signer, other))).toMatchObject({ code: 'SIGNING_ROOT_MISMATCH' });
    },
  );

  it('differs with everything that a vote says', () => {
    const base = vote(54n, 55n);
    const others: AttestationDataFacts[] = [
      { ...base, beaconBlockRoot: root('01') },
      { ...base, source: { ...base.source, epoch: epoch(53n) } },
      { ...base, source: { ...base.source, root: root('02') } },
      { ...base, target: { ...base.target, root: root('03') } },
      { ...base, slot: slot(base.slot + 1n) },
    ];
    const roots = [base, ...others].map((data) => see(data).signingRoot);
    expect(new Set(roots).size).toBe(roots.length);
  });
});

describe('what no block of this network holds', () => {
  it.each<[string, AttestationDataFacts]>([
    ['a target of another epoch than its slot', vote(54n, 55n, { slot: slot(56n * 8n) })],
    ['a source after its target', vote(56n, 55n)],
    ['a committee index since Electra', vote(54n, 55n, { index: 1n })],
    [
      'a payload status that there is not',
      vote(firstEpochOf('gloas'), firstEpochOf('gloas') + 1n, { index: 2n }),
    ],
  ])('is not seen: %s', (_what, data) => {
    expect(() => see(data)).toThrow(expect.objectContaining({ code: 'FOREIGN_MESSAGE_IMPOSSIBLE' }));
  });

  it('is not seen: a block of somebody else', () => {
    const block = { slot: slot(440n), root: root('01'), proposerIndex: 8 } as BlockFacts;
    expect(() => seenBlock(NETWORK, WHO, block)).toThrow(
      expect.objectContaining({ code: 'FOREIGN_MESSAGE_IMPOSSIBLE' }),
    );
  });
});

it('every different message of a vote is seen, in the block that has it', () => {
  const messages = [vote(54n, 55n), vote(54n, 55n, { beaconBlockRoot: root('01') })];
  const blocks = [
    { slot: slot(443n), root: root('43') },
    { slot: slot(445n), root: root('45') },
  ];
  const seen = messages.map((data, at) => seenVote(NETWORK, WHO, data, blocks[at]!));
  expect(seen.map(({ signingRoot }) => signingRoot)).toEqual(messages.map((data) => see(data).signingRoot));
  expect(JSON.parse(seen[0]!.onChain)).toMatchObject({ included_in: { slot: '443', root: root('43') } });
  expect(seen.map(blockWith)).toEqual([root('43'), root('45')]);
});
