import { describe, expect, it } from 'vitest';
import { randaoReveal, aggregationSlot, bytes } from '../../../support/signer-bodies.ts';
import { signingHistory } from '../../../support/signer-call.ts';
import { json, sign } from '../../../support/signer-client.ts';
import { startSignerFixture } from '../../../support/signer-fixture.ts';
import { forkInfoAt, NETWORK, NOW_EPOCH, NOW_SLOT, firstEpochOf } from '../../../support/signer-network.ts';

const PER_EPOCH = NETWORK.slotsPerEpoch;
/** Of the minimal preset. */
const SYNC_PERIOD = 8n;
const MOST = 2n ** 64n - 1n;

const at = (slot: bigint, rest: object) => ({ fork_info: forkInfoAt(slot / PER_EPOCH), ...rest });
const syncMessage = (slot: bigint) =>
  at(slot, {
    type: 'SYNC_COMMITTEE_MESSAGE',
    sync_committee_message: { beacon_block_root: bytes(32), slot: slot.toString() },
  });
const syncSelection = (slot: bigint) =>
  at(slot, {
    type: 'SYNC_COMMITTEE_SELECTION_PROOF',
    sync_aggregator_selection_data: { slot: slot.toString(), subcommittee_index: '0' },
  });
const contribution = (slot: bigint) =>
  at(slot, {
    type: 'SYNC_COMMITTEE_CONTRIBUTION_AND_PROOF',
    contribution_and_proof: {
      aggregator_index: '1',
      contribution: {
        slot: slot.toString(),
        beacon_block_root: bytes(32),
        subcommittee_index: '0',
        aggregation_bits: '0x01',
        signature: bytes(96),
      },
      selection_proof: bytes(96),
    },
  });
const aggregate = (slot: bigint) =>
  at(slot, {
    type: 'AGGREGATE_AND_PROOF_V2',
    aggregate_and_proof: {
      aggregator_index: '1',
      aggregate: {
        aggregation_bits: '0x03',
        data: {
          slot: slot.toString(),
          index: '0',
          beacon_block_root: bytes(32),
          source: { epoch: '1', root: bytes(32) },
          target: { epoch: (slot / PER_EPOCH).toString(), root: bytes(32) },
        },
        signature: bytes(96),
        committee_bits: '0x01',
      },
      selection_proof: bytes(96),
    },
  });
const registration = (timestamp: bigint) => ({
  type: 'VALIDATOR_REGISTRATION',
  validator_registration: {
    fee_recipient: bytes(20),
    gas_limit: '60000000',
    timestamp: timestamp.toString(),
    pubkey: bytes(48),
  },
});
const gloas = (type: string, key: string, data: object) => (slot: bigint) =>
  at(slot, {
    type,
    [key]: {
      version: 'GLOAS',
      data: JSON.parse(JSON.stringify(data).replaceAll('SLOT', slot.toString())) as object,
    },
  });
const payloadVote = gloas('PAYLOAD_ATTESTATION_MESSAGE', 'payload_attestation_message', {
  beacon_block_root: bytes(32),
  slot: 'SLOT',
  payload_present: true,
  blob_data_available: false,
});
const preferences = gloas('PROPOSER_PREFERENCES', 'proposer_preferences', {
  dependent_root: bytes(32),
  proposal_slot: 'SLOT',
  validator_index: '1',
  fee_recipient: bytes(20),
  target_gas_limit: '60000000',
});

const nowSeconds = NETWORK.genesisTimeSeconds + (NOW_SLOT * BigInt(NETWORK.slotDurationMs)) / 1000n;
const endOf = (epoch: bigint): bigint => (epoch + 1n) * PER_EPOCH - 1n;
const inGloas = firstEpochOf('gloas') + 5n;
const gloasSlot = inGloas * PER_EPOCH + 3n;

/** What is asked for, the latest that is signed now, and now if it is not the usual. */
const CASES: [string, (at: bigint) => object, latest: bigint, nowSlot?: bigint][] = [
  ['RANDAO_REVEAL', randaoReveal, NOW_EPOCH + 1n],
  ['AGGREGATION_SLOT', aggregationSlot, endOf(NOW_EPOCH + 2n)],
  ['SYNC_COMMITTEE_MESSAGE', syncMessage, NOW_SLOT + 1n],
  ['SYNC_COMMITTEE_SELECTION_PROOF', syncSelection, endOf(NOW_EPOCH + SYNC_PERIOD)],
  ['SYNC_COMMITTEE_CONTRIBUTION_AND_PROOF', contribution, NOW_SLOT + 1n],
  ['AGGREGATE_AND_PROOF_V2', aggregate, NOW_SLOT + 1n],
  // To the second of the slot that is the last tolerated one.
  ['VALIDATOR_REGISTRATION', registration, nowSeconds + 3600n + 11n],
  ['PAYLOAD_ATTESTATION_MESSAGE', payloadVote, gloasSlot + 1n, gloasSlot],
  ['PROPOSER_PREFERENCES', preferences, endOf(inGloas + 2n), gloasSlot],
];

describe('what cannot be slashed', () => {
  it.each(CASES)('%s is signed up to its time and not before it', async (type, body, latest, nowSlot) => {
    const signer = await startSignerFixture(nowSlot === undefined ? {} : { nowSlot });
    const answers = [];
    for (const when of [latest, latest + 1n]) answers.push(await sign(signer, body(when)));
    expect(answers.map(({ status }) => status)).toEqual([200, 400]);
    expect(json(answers[1]!)['code']).toBe('IN_THE_FUTURE');
    // And when its time has come.
    signer.setSlot((nowSlot ?? NOW_SLOT) + PER_EPOCH * SYNC_PERIOD);
    expect((await sign(signer, body(latest + 1n))).status).toBe(200);

    const { signRequests } = signer.metrics;
    expect((await signRequests.get()).values).toContainEqual(
      expect.objectContaining({ labels: { type, result: 'refused', reason: 'IN_THE_FUTURE' }, value: 1 }),
    );
    await signer.close();
    expect(signingHistory(signer).map(({ verdict, reason }) => reason ?? verdict)).toEqual([
      'signed',
      'IN_THE_FUTURE',
      'signed',
    ]);
  });

  it.each([randaoReveal, aggregationSlot, syncMessage, syncSelection, contribution, registration])(
    'of the far future is refused, with the largest number that there is too',
    async (body) => {
      const signer = await startSignerFixture();
      for (const when of [10n ** 12n, 2n ** 53n - 1n, 2n ** 53n, MOST]) {
        const far = { ...body(when), fork_info: forkInfoAt(10n ** 11n) };
        const answer = await sign(signer, far);
        expect(answer.status).toBe(400);
        expect(json(answer)['code']).toMatch(/^(IN_THE_FUTURE|BAD_INTEGER|MALFORMED_MESSAGE)$/);
      }
    },
  );
});

it('a body that was signed is refused when the clock is found to be behind it', async () => {
  const signer = await startSignerFixture();
  expect((await sign(signer, randaoReveal(NOW_EPOCH + 1n))).status).toBe(200);
  // The same bytes are not parsed again; the time is looked at all the same.
  signer.setSlot(NOW_SLOT - 2n * PER_EPOCH);
  expect((await sign(signer, randaoReveal(NOW_EPOCH + 1n))).status).toBe(400);
});
