import { describe, expect, it } from 'vitest';
import { epoch, type Epoch } from '../../../../core/units.ts';
import { DoppelgangerWatch } from '../../../../signer/watch/doppelganger-watch.ts';
import { KEY_A, KEY_B } from '../../../support/slashing-fixtures.ts';

function watchOf(epochs: bigint, past: { signedTarget?: bigint; inEpoch?: bigint } = {}, start = 10n) {
  let now: Epoch = epoch(start);
  const orNull = (value: bigint | undefined) => (value === undefined ? null : epoch(value));
  const watch = new DoppelgangerWatch(
    epochs,
    () => ({ signedTarget: orNull(past.signedTarget), inEpoch: orNull(past.inEpoch) }),
    () => now,
  );
  return { watch, moveTo: (to: bigint) => (now = epoch(to)) };
}

describe('a key is silent', () => {
  it('until it was quiet for all of the epochs, each looked at after its end', () => {
    const { watch, moveTo } = watchOf(2n);
    expect(watch.silenced(KEY_A)).toContain('watched since epoch 10');
    expect(watch.observe(KEY_A, epoch(10n), false)).toBe(false);
    moveTo(11n);
    watch.observe(KEY_A, epoch(10n), false);
    watch.observe(KEY_A, epoch(10n), false);
    expect(watch.silenced(KEY_A)).toContain('1 of 2');
    watch.observe(KEY_A, epoch(11n), false);
    expect(watch.silenced(KEY_A)).not.toBeNull();
    moveTo(12n);
    watch.observe(KEY_A, epoch(11n), false);
    expect(watch.silenced(KEY_A)).toBeNull();
    expect(watch.silenced(KEY_B)).not.toBeNull();
  });

  it('again when it was away, because others may have signed with it in the meantime', () => {
    const { watch, moveTo } = watchOf(1n);
    watch.silenced(KEY_A);
    moveTo(11n);
    watch.observe(KEY_A, epoch(10n), false);
    expect(watch.silenced(KEY_A)).toBeNull();
    watch.forget(KEY_A);
    moveTo(50n);
    expect(watch.silenced(KEY_A)).toContain('watched since epoch 50');
  });

  it('for as long as nobody can say anything', () => {
    const { watch, moveTo } = watchOf(2n);
    watch.silenced(KEY_A);
    moveTo(100n);
    expect(watch.silenced(KEY_A)).not.toBeNull();
    expect(watch.silent([KEY_A])).toEqual([KEY_A]);
  });

  it('although it was quiet before the watch began', () => {
    const { watch } = watchOf(1n);
    watch.silenced(KEY_A);
    watch.observe(KEY_A, epoch(8n), false);
    watch.observe(KEY_A, epoch(9n), false);
    expect(watch.silenced(KEY_A)).not.toBeNull();
  });

  it('when this instance last signed with it two epochs ago', () => {
    expect(watchOf(2n, { signedTarget: 8n }).watch.silenced(KEY_A)).not.toBeNull();
  });
});

describe('a key is not silent', () => {
  it.each([
    ['when the watch is off', watchOf(0n)],
    ['when this instance signed with it in the last epoch', watchOf(2n, { signedTarget: 9n })],
    ['when this instance signed with it in this epoch', watchOf(2n, { signedTarget: 10n })],
    ['when it was taken over with a receipt', watchOf(2n, { inEpoch: 11n })],
    ['in the first epoch of a chain', watchOf(2n, {}, 0n)],
  ])('%s', (_when, { watch }) => {
    expect(watch.silenced(KEY_A)).toBeNull();
    expect(watch.observe(KEY_A, epoch(10n), true)).toBe(false);
  });
});

it.each([
  [8n, false],
  [9n, true],
  [10n, true],
  [11n, true],
])('a sighting in epoch %s of a key under watch since 10 is somebody else: %s', (at, hit) => {
  const { watch, moveTo } = watchOf(2n);
  watch.silenced(KEY_A);
  moveTo(11n);
  expect(watch.observe(KEY_A, epoch(at), true)).toBe(hit);
});
