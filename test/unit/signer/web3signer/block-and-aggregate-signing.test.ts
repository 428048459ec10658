import { describe, expect, it } from 'vitest';
import { verifiesAs } from '../../../support/bls-oracle.ts';
import { spoiled } from '../../../support/signer-bodies.ts';
import { json, sign } from '../../../support/signer-client.ts';
import { everythingAllowed, startSignerFixture } from '../../../support/signer-fixture.ts';
import { aggregateAndProof, blockV2, FORKS, LATE_SLOT, legacyBlock } from './canned-requests.ts';

/** Behaviours of Eth2BlockSigningAcceptanceTest, Eth2AltairBlockSigningAcceptanceTest and Eth2AggregateAndProofSigningAcceptanceTest. */

const lateSigner = () => startSignerFixture({ nowSlot: LATE_SLOT, policy: everythingAllowed });

describe('from PHASE0 to FULU', () => {
  const requests = FORKS.flatMap((fork) => [
    blockV2(fork),
    aggregateAndProof(fork, 'AGGREGATE_AND_PROOF'),
    aggregateAndProof(fork, 'AGGREGATE_AND_PROOF_V2'),
  ]);
  it.each([legacyBlock(), ...requests])('$name is signed', async ({ body, root }) => {
    const signer = await lateSigner();
    const answer = await sign(signer, body);
    expect(answer.status).toBe(200);
    expect(verifiesAs(signer.pubkey, root, json(answer)['signature'] ?? '')).toBe(true);
  });
});

describe('an empty block', () => {
  const header = blockV2('fulu').body;
  const full = blockV2('altair').body;
  it.each<[string, object]>([
    ['header', spoiled(header, 'beacon_block.block_header', undefined)],
    ['header that is {}', spoiled(header, 'beacon_block.block_header', {})],
    ['header that is null', spoiled(header, 'beacon_block.block_header', null)],
    ['full block', spoiled(full, 'beacon_block.block', undefined)],
    ['legacy block', spoiled(legacyBlock().body, 'block', {})],
    ['beacon_block', spoiled(header, 'beacon_block', {})],
  ])('(%s) is 400', async (_name, body) => {
    const signer = await lateSigner();
    expect((await sign(signer, body)).status).toBe(400);
  });
});

it('the version of an aggregate does not choose its shape, its slot does: clients lag behind a fork', async () => {
  const signer = await lateSigner();
  const { body, root } = aggregateAndProof('fulu', 'AGGREGATE_AND_PROOF_V2');
  const answer = await sign(signer, spoiled(body, 'aggregate_and_proof.version', 'ELECTRA'));
  expect(verifiesAs(signer.pubkey, root, json(answer)['signature'] ?? '')).toBe(true);
});
