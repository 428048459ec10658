import { describe, expect, it } from 'vitest';
import { fromHex } from '../../../../core/hex.ts';
import type { Pubkey } from '../../../../core/units.ts';
import { databasePath } from '../../../../signer/data-directory.ts';
import { generalPolicy, type Policy, type Rules } from '../../../../signer/policy/policy.ts';
import { POLICY_REASONS, POLICY_REFUSALS } from '../../../../signer/policy/policy-refusals.ts';
import { readHistory, recordAsJson } from '../../../../slashing-db/index.ts';
import {
  attestation,
  block,
  bytes,
  fullBlock,
  validatorRegistration,
  voluntaryExit,
} from '../../../support/signer-bodies.ts';
import { json, sign, type Answer } from '../../../support/signer-client.ts';
import { diskOf } from '../../../support/signer-disk.ts';
import { startSignerFixture, type SignerFixture } from '../../../support/signer-fixture.ts';

// After the network, whose preset the SSZ types take when they are loaded.
const { BlockBody } = await import('../../../support/block-bodies.ts');

const OURS = bytes(20, 'fe');
const THEIRS = bytes(20, 'ee');
const SLOT = 440n;

const policyOf = (rules: Partial<Rules>, blocks: Policy['blockFeeRecipient'] = 'checked-if-visible') =>
  ({
    ...generalPolicy([]),
    general: { ...generalPolicy([]).general, ...rules },
    blockFeeRecipient: blocks,
  }) satisfies Policy;

const ONLY_OURS: Partial<Rules> = { feeRecipients: new Set([OURS]) };

/** A block of Electra with its fee recipient, and the proof of it as a verifying client sends it. */
function provenBlock(recipient: string, { named = false } = {}) {
  const body = new BlockBody('electra', {
    feeRecipient: fromHex(recipient, 'recipient'),
    gasLimit: 45_000_000n,
    graffiti: new Uint8Array(32),
    stateRoot: new Uint8Array(32).fill(7),
  });
  const proof = body.prove('feeRecipient', named ? recipient : undefined);
  return { ...block(SLOT, body.root), proofs: [proof] };
}

const verdictOf = (answer: Answer) => ({ status: answer.status, code: json(answer)['code'] });
const refused = (code: string) => ({ status: 412, code });
const SIGNED = { status: 200, code: undefined };

async function requestsOf({ metrics }: SignerFixture): Promise<Record<string, number>> {
  const { values } = await metrics.signRequests.get();
  return Object.fromEntries(
    values.map(({ labels: { type, result, reason }, value }) => [`${type}/${result}/${reason}`, value]),
  );
}

describe('a block', () => {
  it.each([
    ['its recipient named', true],
    ['its recipient not named, as Nimbus sends it', false],
  ])('with a proof, %s, is judged by whom it pays', async (_, named) => {
    const policy = () => policyOf(ONLY_OURS, 'required');
    const signer = await startSignerFixture({ policy });
    expect(verdictOf(await sign(signer, provenBlock(THEIRS, { named })))).toEqual(
      refused('POLICY_FEE_RECIPIENT'),
    );
    // What the policy refused has raised no watermark.
    expect(verdictOf(await sign(signer, provenBlock(OURS, { named })))).toEqual(SIGNED);
  });

  it('without a proof is signed or not as the policy says', async () => {
    const lenient = await startSignerFixture({ policy: () => policyOf(ONLY_OURS) });
    expect(verdictOf(await sign(lenient, block(SLOT)))).toEqual(SIGNED);
    const strict = await startSignerFixture({ policy: () => policyOf(ONLY_OURS, 'required') });
    expect(verdictOf(await sign(strict, block(SLOT)))).toEqual(refused('POLICY_BLOCK_UNPROVEN'));
    expect(verdictOf(await sign(strict, fullBlock(8n)))).toEqual(SIGNED);
  });

  it('with a proof of another body is malformed, whatever the policy', async () => {
    const signer = await startSignerFixture();
    const { proofs } = provenBlock(OURS, { named: true });
    const before = await diskOf(signer);
    expect(verdictOf(await sign(signer, { ...block(SLOT), proofs }))).toEqual({
      status: 400,
      code: 'BLOCK_PROOF_INVALID',
    });
    expect(await diskOf(signer)).toEqual(before);
  });

  it('of another proposer is refused once the index of the key is known', async () => {
    let index: bigint | null = null;
    const signer = await startSignerFixture({ indexOf: () => index });
    expect(verdictOf(await sign(signer, block(SLOT - 1n, bytes(32), '8')))).toEqual(SIGNED);
    index = 7n;
    expect(verdictOf(await sign(signer, block(SLOT, bytes(32), '8')))).toEqual(
      refused('POLICY_PROPOSER_INDEX'),
    );
    expect(verdictOf(await sign(signer, block(SLOT, bytes(32), '7')))).toEqual(SIGNED);
  });
});

describe('a registration', () => {
  it('goes by the policy of its own key', async () => {
    let keys: Policy['keys'] = new Map();
    const signer = await startSignerFixture({
      keys: 2,
      policy: () => ({ ...policyOf(ONLY_OURS), keys }),
    });
    const [first, second] = signer.pubkeys as [Pubkey, Pubkey];
    keys = new Map([[second, { feeRecipients: new Set([THEIRS]), gasLimit: { min: 0n, max: 59_999_999n } }]]);
    const register = async (identifier: string, recipient: string) =>
      verdictOf(await sign(signer, validatorRegistration(recipient), { identifier }));
    expect(await register(first, OURS)).toEqual(SIGNED);
    expect(await register(first, THEIRS)).toEqual(refused('POLICY_FEE_RECIPIENT'));
    expect(await register(second, OURS)).toEqual(refused('POLICY_FEE_RECIPIENT'));
    expect(await register(second, THEIRS)).toEqual(refused('POLICY_GAS_LIMIT'));
  });

  it('goes by what the keymanager API set, before the policy', async () => {
    const signer = await startSignerFixture({
      policy: () => policyOf(ONLY_OURS),
      keySettings: () => ({ feeRecipient: THEIRS, gasLimit: null }),
    });
    expect(verdictOf(await sign(signer, validatorRegistration(THEIRS)))).toEqual(SIGNED);
    expect(verdictOf(await sign(signer, validatorRegistration(OURS)))).toEqual(
      refused('POLICY_FEE_RECIPIENT'),
    );
  });
});

describe('what the policy refused', () => {
  it('is counted by its reason, and every reason is there from zero', async () => {
    const signer = await startSignerFixture({ indexOf: () => 4n, policy: () => policyOf(ONLY_OURS) });
    const before = await requestsOf(signer);
    for (const reason of POLICY_REASONS) {
      for (const type of POLICY_REFUSALS[reason].types) {
        expect(before).toHaveProperty([`${type}/refused/${reason}`], 0);
      }
    }
    await sign(signer, voluntaryExit(55n));
    await sign(signer, validatorRegistration(THEIRS, signer.pubkey));
    await sign(signer, validatorRegistration(OURS));
    await sign(signer, block(SLOT));
    const after = await requestsOf(signer);
    const changed = Object.entries(after).filter(([label, value]) => value !== before[label]);
    expect(Object.fromEntries(changed)).toEqual({
      'VOLUNTARY_EXIT/refused/POLICY_TYPE_NOT_ALLOWED': 1,
      'VALIDATOR_REGISTRATION/refused/POLICY_FEE_RECIPIENT': 1,
      'VALIDATOR_REGISTRATION/refused/POLICY_OTHER_KEY': 1,
      'BLOCK_V2/refused/POLICY_PROPOSER_INDEX': 1,
    });
  });

  it('is in the history with who asked for what, between what was signed', async () => {
    const signer = await startSignerFixture({ indexOf: () => 4n });
    await sign(signer, attestation(53n, 54n));
    await sign(signer, voluntaryExit(55n));
    await sign(signer, block(SLOT));
    await signer.close();
    const records = readHistory(databasePath(signer.dataDir), [], ({ records }) =>
      [...records()].map(recordAsJson),
    );
    const common = { pubkey: signer.pubkey, client: '127.0.0.1' };
    expect(records).toMatchObject([
      { type: 'admit-key' },
      { ...common, type: 'ATTESTATION', verdict: 'signed' },
      { ...common, type: 'VOLUNTARY_EXIT', verdict: 'refused', reason: 'POLICY_TYPE_NOT_ALLOWED' },
      {
        ...common,
        type: 'BLOCK_V2',
        slot: '440',
        verdict: 'refused',
        reason: 'POLICY_PROPOSER_INDEX',
        signing_root: expect.stringMatching(/^0x[0-9a-f]{64}$/) as string,
      },
    ]);
  });

  it('tells a client that wants text too', async () => {
    const signer = await startSignerFixture();
    const answer = await sign(signer, voluntaryExit(55n), { headers: { accept: 'text/plain' } });
    expect(answer.status).toBe(412);
    expect(answer.text).toMatch(/^POLICY_TYPE_NOT_ALLOWED: .*VOLUNTARY_EXIT is not allowed/);
  });

  it('is not asked of a key that is not here', async () => {
    const signer = await startSignerFixture();
    const answer = await sign(signer, voluntaryExit(55n), { identifier: bytes(48) });
    expect(answer.status).toBe(404);
    await signer.close();
    const types = readHistory(databasePath(signer.dataDir), [], ({ records }) =>
      [...records()].map(({ type }) => type),
    );
    expect(types).toEqual(['admit-key']);
  });
});

it('a policy that allows everything leaves the guard as it is', async () => {
  const signer = await startSignerFixture({ policy: () => policyOf(ONLY_OURS) });
  expect(verdictOf(await sign(signer, provenBlock(OURS, { named: true })))).toEqual(SIGNED);
  expect(verdictOf(await sign(signer, block(SLOT)))).toEqual(refused('DOUBLE_PROPOSAL'));
});
