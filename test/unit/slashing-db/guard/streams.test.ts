import { describe, expect, it } from 'vitest';
import type { AttestationMessage, BlockMessage, Guard } from '../../../../slashing-db/index.ts';
import { streamOf } from '../../../support/interchange-text.ts';
import { att, block, KEY_A } from '../../../support/slashing-fixtures.ts';
import { openAnyTestGuard } from '../../../support/any-storage.ts';
import { exportOf, tempDatabase, verdict } from '../../../support/temp-guard.ts';

/** Streams of messages for one key, each with the verdict expected after all those before it. */
type Stream = readonly (readonly [message: AttestationMessage | BlockMessage, expected: string])[];

const STREAMS: Record<string, Stream> = {
  'the first vote may be anything': [[att(2, 3), 'released']],
  'the first vote may not run backwards': [[att(3, 2), 'SOURCE_AFTER_TARGET']],
  'genesis': [
    [att(0, 0), 'released'],
    [att(0, 0), 'released'],
    [att(0, 0, 2), 'DOUBLE_VOTE'],
    [att(0, 1), 'released'],
  ],
  'double votes': [
    [att(2, 3, 1), 'released'],
    [att(2, 3, 2), 'DOUBLE_VOTE'],
    [att(1, 3, 1), 'DOUBLE_VOTE'],
    [att(3, 3, 1), 'DOUBLE_VOTE'],
    [att(2, 3, 1), 'released'],
  ],
  'surrounding': [
    [att(2, 3), 'released'],
    [att(1, 4), 'SURROUND_VOTE'],
    [att(0, 9), 'SURROUND_VOTE'],
    [att(2, 4), 'released'],
  ],
  'surrounded': [
    [att(2, 9), 'released'],
    [att(3, 8), 'TARGET_NOT_ABOVE_WATERMARK'],
    [att(2, 8), 'TARGET_NOT_ABOVE_WATERMARK'],
    [att(9, 9, 2), 'DOUBLE_VOTE'],
    [att(9, 10), 'released'],
  ],
  'the source of every signed vote counts': [
    [att(2, 3), 'released'],
    [att(4, 5), 'released'],
    [att(4, 6), 'released'],
    [att(3, 7), 'SURROUND_VOTE'],
    [att(4, 7), 'released'],
  ],
  'a refused vote leaves no trace': [
    [att(2, 3), 'released'],
    [att(900, 800), 'SOURCE_AFTER_TARGET'],
    [att(1, 900), 'SURROUND_VOTE'],
    [att(2, 4), 'released'],
  ],
  'a vote of unknown root is never repeated': [
    [att(2, 3, 0), 'released'],
    [att(2, 3, 0), 'TARGET_NOT_ABOVE_WATERMARK'],
    [att(2, 3, 1), 'TARGET_NOT_ABOVE_WATERMARK'],
  ],
  'only the last vote is repeated': [
    [att(2, 3), 'released'],
    [att(2, 4), 'released'],
    [att(2, 3), 'TARGET_NOT_ABOVE_WATERMARK'],
    [att(2, 4), 'released'],
  ],
  'neighbours beyond 2^53': [
    [att(2n ** 53n, 2n ** 53n + 1n), 'released'],
    [att(2n ** 53n, 2n ** 53n + 1n, 2), 'DOUBLE_VOTE'],
    [att(2n ** 53n - 1n, 2n ** 53n + 2n), 'SURROUND_VOTE'],
    [att(2n ** 53n, 2n ** 53n + 2n), 'released'],
    [att(2n ** 53n, 2n ** 53n + 3n), 'released'],
  ],
  'the end of what can be stored': [
    [att(0, 2n ** 63n), 'OUT_OF_RANGE'],
    [att(0, 2n ** 64n - 1n), 'OUT_OF_RANGE'],
    [att(2n ** 63n - 2n, 2n ** 63n - 1n), 'released'],
    [att(2n ** 63n - 2n, 2n ** 63n - 1n), 'released'],
    [att(2n ** 63n - 1n, 2n ** 63n), 'OUT_OF_RANGE'],
  ],
  'blocks': [
    [block(5, 1), 'released'],
    [block(5, 1), 'released'],
    [block(5, 2), 'DOUBLE_PROPOSAL'],
    [block(4, 1), 'BLOCK_NOT_ABOVE_WATERMARK'],
    [block(6, 0), 'released'],
    [block(6, 0), 'BLOCK_NOT_ABOVE_WATERMARK'],
    [block(2n ** 63n, 1), 'OUT_OF_RANGE'],
    [block(2n ** 53n, 1), 'released'],
    [block(2n ** 53n + 1n, 1), 'released'],
    [block(2n ** 53n + 1n, 2), 'DOUBLE_PROPOSAL'],
  ],
  'blocks and votes do not meet': [
    [block(1000), 'released'],
    [att(0, 1), 'released'],
    [block(999), 'BLOCK_NOT_ABOVE_WATERMARK'],
    [att(0, 2), 'released'],
  ],
};

async function play(guard: Guard, stream: Stream): Promise<string[]> {
  await guard.admitKey(KEY_A, false);
  const verdicts: string[] = [];
  for (const [message] of stream) verdicts.push(await verdict(guard, KEY_A, message));
  return verdicts;
}

describe.each(Object.entries(STREAMS))('stream: %s', (_name, stream) => {
  const expected = stream.map(([, verdictExpected]) => verdictExpected);

  it('gets its verdicts', async () => {
    expect(await play(await openAnyTestGuard(tempDatabase()), stream)).toEqual(expected);
  });

  it('gets them with the database closed and opened after every message', async () => {
    const path = tempDatabase();
    const verdicts: string[] = [];
    for (const step of stream) {
      const guard = await openAnyTestGuard(path);
      verdicts.push(...(await play(guard, [step])));
      await guard.close();
    }
    expect(verdicts).toEqual(expected);
  });

  it('survives export -> import -> export, and nothing of it can be signed elsewhere again', async () => {
    const first = await openAnyTestGuard(tempDatabase());
    await play(first, stream);
    const second = await openAnyTestGuard(tempDatabase());
    await second.importInterchange(streamOf(exportOf(first)));
    const third = await openAnyTestGuard(tempDatabase());
    await third.importInterchange(streamOf(exportOf(second)));

    expect(exportOf(third)).toBe(exportOf(second));
    expect(withoutRoots(exportOf(second))).toBe(withoutRoots(exportOf(first)));
    expect(await play(second, stream)).not.toContain('released');
  });
});

const withoutRoots = (text: string) => text.replaceAll(/,"signing_root":"0x[0-9a-f]{64}"/g, '');
