/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-call --
   recorded answers are read as they lie there: what their shape is, is what is under test */
import { describe, expect, it } from 'vitest';
import {
  attestationRewards,
  attesterDuties,
  block,
  blockRewards,
  committees,
  header,
  headersAt,
  proposerDuties,
  syncRewards,
  type Call,
} from '../../../../beacon/index.ts';
import { epoch, rootFromBytes, slot, type Root } from '../../../../core/units.ts';
import { recordingOf } from '../../../support/beacon-recorded.ts';
import { askServer, failureOf, json, type Handler } from '../../../support/beacon-server.ts';

const recorded = recordingOf('electra-minimal');
const spec = recorded.spec();
const at = epoch(recorded.currentEpoch);
const OTHER = `0x${'ee'.repeat(32)}` as Root;

const answered = async <T>(call: Call<T>, answer: unknown): Promise<T> =>
  (await askServer(typeof answer === 'function' ? (answer as Handler) : json(answer), call)).data;
const refusal = async (call: Call<unknown>, answer: unknown): Promise<string> => {
  const { code, message } = await failureOf(answered(call, answer));
  expect(code).toBe('BEACON_BAD_ANSWER');
  return message;
};

describe('an answer to another question', () => {
  it.each([
    ['a header of another slot', header(slot(7n)), 'headers_head', 'the block of slot 68 came for slot 7'],
    ['a header of another block', header(OTHER), 'headers_head', `came for ${OTHER}`],
    ['headers of another slot', headersAt(slot(7n)), 'headers_list', 'came for slot 7'],
    ['a genesis that is none', header('genesis'), 'headers_head', 'genesis is not at slot 68'],
    ['a block of another slot', block(slot(7n), spec), 'block_v2_head', 'came for slot 7'],
    ['a block with another root', block(OTHER, spec), 'block_v2_head', `came for ${OTHER}`],
    [
      'duties of another epoch',
      attesterDuties(epoch(at + 1n), [0n, 3n, 8n, 9n, 15n], spec),
      'duties_attester',
      `not in epoch ${at + 1n}`,
    ],
    [
      'proposers of another epoch',
      proposerDuties(epoch(at - 1n), spec),
      'duties_proposer',
      `not in epoch ${at - 1n}`,
    ],
    [
      'committees of another epoch',
      committees('head', { epoch: epoch(at + 1n) }, spec),
      'committees',
      'a committee of slot 64',
    ],
    [
      'committees of another slot',
      committees('head', { epoch: at, slot: slot(65n) }, spec),
      'committees',
      'a committee of slot 64',
    ],
  ])('is refused: %s', async (_name, call, answer, why) => {
    expect(await refusal(call as Call<unknown>, recorded.json(answer))).toContain(why);
  });
});

describe('an answer that contradicts itself', () => {
  it('is refused: a slot with two proposers', async () => {
    const answer = recorded.json('duties_proposer');
    answer.data[1].slot = answer.data[0].slot;
    expect(await refusal(proposerDuties(at, spec), answer)).toContain('a slot has two proposers');
  });

  it('is refused: a committee that comes twice', async () => {
    const answer = recorded.json('committees');
    answer.data.push(answer.data[0]);
    expect(await refusal(committees('head', { epoch: at }, spec), answer)).toContain(
      'a committee comes twice',
    );
  });

  it('is refused: a place beyond the end of the committee', async () => {
    const answer = recorded.json('duties_attester');
    answer.data[0].validator_committee_index = answer.data[0].committee_length;
    expect(await refusal(attesterDuties(at, [0n, 3n, 8n, 9n, 15n], spec), answer)).toContain(
      'data[0].validator_committee_index: must be below committee_length',
    );
  });

  it('is refused: block rewards whose parts make another sum', async () => {
    const data = {
      proposer_index: '1',
      total: '10',
      attestations: '4',
      sync_aggregate: '3',
      proposer_slashings: '2',
      attester_slashings: '1',
    };
    expect(await answered(blockRewards('head'), { data })).toMatchObject({
      totalGwei: 10n,
      attestationsGwei: 4n,
    });
    expect(await refusal(blockRewards('head'), { data: { ...data, total: '11' } })).toContain(
      'data.total: 11, but the parts make 10',
    );
  });
});

describe('a block', () => {
  const whole = recorded.json('block_v2_head');

  it.each([
    ['another version', { ...whole, version: 'deneb' }, 'version: deneb, but slot 68 is in electra'],
    ['an unknown version', { ...whole, version: 'verkle' }, 'version'],
    ['no version', { data: whole.data }, 'version'],
    ['no data', { version: 'electra' }, 'data: '],
    ['data that are a list', { version: 'electra', data: [] }, 'data: not a block of electra'],
    [
      'a body that lacks a field',
      { ...whole, data: { ...whole.data, message: { ...whole.data.message, body: {} } } },
      'not a block of electra',
    ],
  ])('of %s is refused', async (_name, answer, why) => {
    expect(await refusal(block('head', spec), answer)).toContain(why);
  });

  const octets =
    (bytes: Uint8Array, version?: string): Handler =>
    (_request, response) => {
      const named = version === undefined ? {} : { 'eth-consensus-version': version };
      response.writeHead(200, { 'content-type': 'application/octet-stream', ...named }).end(bytes);
    };
  const bytes = recorded.bytes('block_v2_ssz');

  it.each([
    ['cut short', octets(bytes.subarray(0, -1), 'electra')],
    [
      'with an offset that leads nowhere',
      octets(Buffer.concat([Buffer.alloc(4, 0xff), bytes.subarray(4)]), 'electra'),
    ],
    ['empty', octets(new Uint8Array(), 'electra')],
    ['without a version', octets(bytes)],
    ['of another version', octets(bytes, 'deneb')],
  ])('in SSZ is refused: %s', async (_name, answer) => {
    await refusal(block('head', spec), answer);
  });

  it('in JSON is refused when the header says another version', async () => {
    const answer: Handler = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'eth-consensus-version': 'fulu' });
      response.end(JSON.stringify(whole));
    };
    expect(await refusal(block('head', spec), answer)).toContain(
      'electra in the body, but fulu in the header',
    );
  });

  it('that was asked for by its root proves itself', async () => {
    const { ssz } = await import('@lodestar/types');
    const type = ssz.electra.SignedBeaconBlock;
    const made = type.fromJson(whole.data);
    const root = rootFromBytes(ssz.electra.BeaconBlock.hashTreeRoot(made.message));
    expect(await answered(block(root, spec), octets(type.serialize(made), 'electra'))).toMatchObject({
      root,
    });
    made.message.proposerIndex += 1;
    expect(await refusal(block(root, spec), octets(type.serialize(made), 'electra'))).toContain(
      `came for ${root}`,
    );
  });

  it('in SSZ may be said to be optimistic by a header', async () => {
    const optimistic: Handler = (request, response) => {
      response.setHeader('eth-execution-optimistic', 'true');
      response.setHeader('eth-finalized', 'false');
      octets(bytes, 'electra')(request, response);
    };
    expect(await askServer(optimistic, block('head', spec))).toMatchObject({
      executionOptimistic: true,
      finalized: false,
    });
  });
});

describe('rewards', () => {
  const rewards = (indices: bigint[]) => attestationRewards(epoch(3n), indices);
  const total = (head: unknown) => ({
    validator_index: '1',
    head,
    target: '2',
    source: '-3',
    inactivity: '-4',
  });

  it('may be negative, numbers, and without a leak', async () => {
    const data = {
      ideal_rewards: [],
      total_rewards: [{ validator_index: 1, head: 0, target: -5, source: '-6' }],
    };
    expect((await answered(rewards([1n]), { data })).total).toEqual([
      { validatorIndex: 1n, headGwei: 0n, targetGwei: -5n, sourceGwei: -6n, inactivityGwei: 0n, exact: true },
    ]);
  });

  it.each([
    ['39130.875', 39130n, false],
    ['-0.5', 0n, false],
    ['-7.9', -7n, false],
    ['8.000', 8n, true],
  ])('of %s Gwei are cut, and it shows', async (text, headGwei, exact) => {
    const data = { ideal_rewards: [], total_rewards: [total(text)] };
    expect((await answered(rewards([1n]), { data })).total[0]).toMatchObject({ headGwei, exact });
  });

  it.each(['1e9', '--1', '-0', '.5', '5.', '', ' 1', '1,5', 'NaN', null, 1e30])(
    'are refused: %j',
    async (head) => {
      const data = { ideal_rewards: [], total_rewards: [total(head)] };
      expect(await refusal(rewards([1n]), { data })).toContain('data.total_rewards[0].head');
    },
  );

  it('of a sync committee that has none of the validators may be null', async () => {
    expect(await answered(syncRewards('head', [1n]), { data: null })).toEqual([]);
  });

  it('of a sync committee are penalties too, but never the size of a balance', async () => {
    const of = (reward: string) => ({ data: [{ validator_index: '1', reward }] });
    expect(await answered(syncRewards('head', [1n]), of('-22830'))).toEqual([
      { validatorIndex: 1n, rewardGwei: -22830n },
    ]);
    for (const reward of ['32000022830', '-100000001', '100000001']) {
      expect(await refusal(syncRewards('head', [1n]), of(reward))).toContain('is no reward but a balance');
    }
  });
});

describe('committees', () => {
  it('have indices that fit', async () => {
    const data = (validator: string) => [{ index: '0', slot: '64', validators: ['4294967295', validator] }];
    const call = committees('head', { epoch: at }, spec);
    expect((await answered(call, { data: data('0') }))[0]?.validators).toEqual(
      Uint32Array.of(2 ** 32 - 1, 0),
    );
    expect(await refusal(call, { data: data('4294967296') })).toContain('below 2^32');
  });
});
