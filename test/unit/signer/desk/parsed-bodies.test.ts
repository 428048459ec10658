import { expect, it, vi } from 'vitest';
import { SlotClock } from '../../../../core/chain/slot-clock.ts';
import { attestation, block } from '../../../support/signer-bodies.ts';
import { NETWORK, NOW_SLOT, timeOfSlot } from '../../../support/signer-network.ts';

// After the network, whose preset the SSZ types take when they are loaded.
const { ParsedBodies } = await import('../../../../signer/desk/parsed-bodies.ts');

function bodies() {
  const stages = { parse: vi.fn(), root: vi.fn() };
  const clock = new SlotClock(NETWORK, () => timeOfSlot(NOW_SLOT));
  return { parsed: new ParsedBodies({ spec: NETWORK, clock }, stages), stages };
}
const bytes = (body: unknown): Uint8Array => Buffer.from(JSON.stringify(body));

it('the same bytes are parsed once, others anew', () => {
  const { parsed, stages } = bodies();
  const first = parsed.parse(bytes(attestation(53n, 54n)));
  expect(parsed.parse(bytes(attestation(53n, 54n)))).toBe(first);
  expect(stages.root).toHaveBeenCalledTimes(1);
  const other = parsed.parse(bytes(attestation(53n, 55n)));
  expect(other.message.signingRoot).not.toBe(first.message.signingRoot);
  // The same message in other bytes.
  expect(parsed.parse(Buffer.concat([bytes(attestation(53n, 54n)), Buffer.from(' ')]))).toEqual(first);
  expect(stages.root).toHaveBeenCalledTimes(3);
});

it('what is wrong is wrong every time, also one byte from what was right', () => {
  const { parsed } = bodies();
  const good = Buffer.from(bytes(attestation(53n, 54n)));
  parsed.parse(good);
  const bad = Buffer.from(good);
  bad[bad.length - 1] = 0xfd;
  for (let time = 0; time < 2; time += 1) expect(() => parsed.parse(bad)).toThrow();
});

it('what belongs to one key only is not kept', () => {
  const { parsed, stages } = bodies();
  for (let time = 0; time < 2; time += 1) parsed.parse(bytes(block(NOW_SLOT)));
  expect(stages.root).toHaveBeenCalledTimes(2);
});

it('only the latest are kept', () => {
  const { parsed, stages } = bodies();
  const body = (n: number) => bytes(attestation(53n, 54n, { head: `0x${n.toString(16).padStart(64, '0')}` }));
  for (let n = 0; n <= 256; n += 1) parsed.parse(body(n));
  stages.root.mockClear();
  parsed.parse(body(256));
  parsed.parse(body(1));
  expect(stages.root).toHaveBeenCalledTimes(0);
  parsed.parse(body(0));
  expect(stages.root).toHaveBeenCalledTimes(1);
});
