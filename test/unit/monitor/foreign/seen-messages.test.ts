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

describe('a message that waits', () => {
  const epochs = fc.bigInt(0n, 79n);
  const messages = fc.oneof(
    fc
      .tuple(epochs, fc.bigInt(0n, 7n), fc.bigInt(0n, 79n))
      .map(([target, offset, source]) =>
        see(vote(source < target ? source : target, target, { slot: slot(target * 8n + offset) })),
      ),
    fc.bigInt(0n, 639n).map((at) =>
      seenBlock(NETWORK, WHO, {
        ...{ slot: slot(at), proposerIndex: 7, root: root('05') },
        ...{ parentRoot: root('06'), stateRoot: root('07') },
      } as BlockFacts),
    ),
  );

  it('is the same after it was kept, and after it became evidence', () => {
    fc.assert(
      fc.property(messages, (seen: SeenMessage) => {
        expect(decodeSeen(encodeSeen(seen))).toEqual(seen);
        const evidence = { ...seen, ours: null, seenAtMs: 0n, action: '' };
        const { vote: again, forkVersion } = seenAgain(NETWORK, evidence);
        expect({ ...seen, vote: again, forkVersion }).toEqual(seen);
      }),
    );
  });

  it.each(['', '{}', '{"pubkey":"0x12"}', encodeSeen(see(vote(54n, 55n))).replace('"440"', '"-1"')])(
    'is refused when it is spoiled: %s',
    (text) => {
      expect(() => decodeSeen(text)).toThrow(expect.objectContaining({ code: 'FOREIGN_MESSAGE_IMPOSSIBLE' }));
    },
  );
});

describe('the answers of several signers', () => {
  const says = (verdict: SignerSays['verdict'] | null): SignerSays | null =>
    verdict === null ? null : { verdict, why: null, key: 'active', frozen: null, recorded: [] };
  const answers = fc.array(
    fc.constantFrom<SignerSays['verdict'] | null>('signed', 'not_signed', 'elsewhere', 'unknown', null),
    { minLength: 1, maxLength: 5 },
  );

  it('accuse somebody only when all of them know that they did not sign, and the key is with one of them', () => {
    fc.assert(
      fc.property(answers, (verdicts) => {
        const accused = judgeAnswers(verdicts.map(says)) === 'foreign';
        const certain = verdicts.every((verdict) => verdict === 'not_signed' || verdict === 'elsewhere');
        expect(accused).toBe(certain && verdicts.includes('not_signed'));
      }),
    );
  });

  it('say that it is ours when one does, whatever the others say, and are waited for otherwise', () => {
    fc.assert(
      fc.property(answers, (verdicts) => {
        const judged = judgeAnswers(verdicts.map(says));
        expect(judged === 'ours').toBe(verdicts.includes('signed'));
        expect(judged === 'open').toBe(!verdicts.includes('signed') && verdicts.includes(null));
      }),
    );
  });
});
