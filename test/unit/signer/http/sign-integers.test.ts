import { describe, expect, it } from 'vitest';
import { attestation, block, bytes, spoiled } from '../../../support/signer-bodies.ts';
import { json, sign } from '../../../support/signer-client.ts';
import { diskOf } from '../../../support/signer-disk.ts';
import { startSignerFixture } from '../../../support/signer-fixture.ts';
import { itRefuses, refused } from './refused-inputs.ts';

const BAD_INTEGER = [400, 'BAD_INTEGER'] as const;
const IN_THE_FUTURE = [400, 'IN_THE_FUTURE'] as const;
const OUT_OF_RANGE = [400, 'OUT_OF_RANGE'] as const;

const MAX = 2n ** 64n - 1n;
const vote = attestation(54n, 55n);
const slotOf = (value: unknown) => spoiled(vote, 'attestation.slot', value as string);

describe('an integer', () => {
  itRefuses([
    ...['-1', '1e3', (MAX + 1n).toString(), 55].flatMap((epoch) =>
      refused(17, BAD_INTEGER, {
        [`fork epoch ${JSON.stringify(epoch)}`]: spoiled(vote, 'fork_info.fork.epoch', epoch),
      }),
    ),
    ...refused(18, BAD_INTEGER, {
      'a slot as JSON number': slotOf(440),
      'an epoch as JSON number': spoiled(vote, 'attestation.target.epoch', 55),
      'a number that a double rounds': JSON.stringify(vote).replace('"440"', MAX.toString()),
      'a block slot as JSON number': spoiled(block(440n), 'beacon_block.block_header.slot', 440),
    }),
    ...['', ' 440', '440\n', '+440', '0x1b8', '440.0', '4e2', '٤٤٠', '0440', '-0', '4_40', '440n'].flatMap(
      (text) => refused(19, BAD_INTEGER, { [`slot ${JSON.stringify(text)}`]: slotOf(text) }),
    ),
    ...([['440'], true, null, {}] as const).flatMap((value) =>
      refused(19, BAD_INTEGER, { [`slot ${JSON.stringify(value)}`]: slotOf(value) }),
    ),
    ...refused(20, IN_THE_FUTURE, { 'the last slot of all in a vote': attestation(54n, MAX / 8n) }),
    ...refused(20, OUT_OF_RANGE, { 'the last slot of all in a block': block(MAX) }),
    ...refused(21, BAD_INTEGER, {
      'a slot of 2^64': slotOf((MAX + 1n).toString()),
      'a source of 2^64': spoiled(vote, 'attestation.source.epoch', (MAX + 1n).toString()),
      'a block at 2^64': spoiled(block(440n), 'beacon_block.block_header.slot', (MAX + 1n).toString()),
    }),
    ...[2n ** 63n, 2n ** 63n + 1n].flatMap((value) => [
      ...refused(22, OUT_OF_RANGE, {
        [`a block at ${value}`]: block(value),
        [`a source of ${value}`]: spoiled(vote, 'attestation.source.epoch', value.toString()),
      }),
      ...refused(22, [400, 'ATTESTATION_INCONSISTENT'], {
        [`a target of ${value}`]: spoiled(vote, 'attestation.target.epoch', value.toString()),
      }),
    ]),
    ...refused(22, IN_THE_FUTURE, { 'the largest block that could be stored': block(2n ** 63n - 1n) }),
  ]);

  it('23: keeps 2^53 and 2^53 + 1 apart', async () => {
    const signer = await startSignerFixture({ nowSlot: 2n ** 54n });
    const [even, odd] = [2n ** 53n, 2n ** 53n + 1n];

    expect((await sign(signer, block(even))).status).toBe(200);
    const rounded = await sign(signer, block(odd));
    const again = await sign(signer, block(even));

    expect(rounded.status).toBe(200);
    expect(json(again)['code']).toBe('BLOCK_NOT_ABOVE_WATERMARK');
    expect((await diskOf(signer)).tables['block_watermarks']).toMatchObject([{ slot: odd }]);
  });

  it('23: knows two blocks at 2^53 + 1 for a double proposal', async () => {
    const signer = await startSignerFixture({ nowSlot: 2n ** 54n });
    await sign(signer, block(2n ** 53n + 1n));
    const other = await sign(signer, block(2n ** 53n + 1n, bytes(32)));
    expect({ status: other.status, code: json(other)['code'] }).toEqual({
      status: 412,
      code: 'DOUBLE_PROPOSAL',
    });
  });
});
