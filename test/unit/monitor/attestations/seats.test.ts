import { describe, expect, it } from 'vitest';
import type { Committee } from '../../../../beacon/index.ts';
import { epoch, slot } from '../../../../core/units.ts';
import { EpochSeats } from '../../../../monitor/attestations/index.ts';
import { toySpec } from '../../../support/monitor-blocks.ts';

const spec = toySpec(8);
const impossible = expect.objectContaining({ code: 'MONITOR_COMMITTEES_IMPOSSIBLE' }) as Error;

const committee = (at: number, index: number, validators: readonly number[]): Committee => ({
  ...{ slot: slot(BigInt(at)), index, validators: Uint32Array.from(validators) },
});
const seatsOf = (...watched: number[]) => new EpochSeats(epoch(2n), watched, spec);

describe('committees that contradict themselves', () => {
  it.each<[string, number, Committee[]]>([
    ['none at all', 16, []],
    ['of another slot', 16, [committee(17, 0, [1])]],
    ['the same number twice', 16, [committee(16, 0, [1]), committee(16, 0, [2])]],
    ['a hole in the numbers', 16, [committee(16, 0, [1]), committee(16, 2, [2])]],
    ['an empty one', 16, [committee(16, 0, [1]), committee(16, 1, [])]],
    ['a watched validator twice in the slot', 16, [committee(16, 0, [5]), committee(16, 1, [5])]],
    ['a watched validator twice in one', 16, [committee(16, 0, [5, 5])]],
    ['a slot of the epoch before', 15, [committee(15, 0, [1])]],
    ['a slot of the epoch after', 24, [committee(24, 0, [1])]],
  ])('are refused: %s', (_, at, committees) => {
    const seats = seatsOf(5);
    expect(() => seats.addSlot(slot(BigInt(at)), committees)).toThrow(impossible);
    expect(seats.members).toBe(0);
    expect(seats.unseated()).toEqual([5]);
  });

  it('are refused across slots, and nothing of the second is taken over', () => {
    const seats = seatsOf(5, 6);
    seats.addSlot(slot(16n), [committee(16, 0, [1, 5])]);
    expect(() => seats.addSlot(slot(17n), [committee(17, 0, [6, 5])])).toThrow(impossible);
    expect(() => seats.addSlot(slot(16n), [committee(16, 0, [6])])).toThrow(impossible);
    expect(seats.members).toBe(2);
    expect(seats.unseated()).toEqual([6]);
    seats.addSlot(slot(17n), [committee(17, 0, [6, 7])]);
    expect(seats.unseated()).toEqual([]);
  });
});

describe('seats of an epoch', () => {
  it('are the watched ones only, with the sizes of all committees, in whatever order these come', () => {
    const seats = seatsOf(3, 8, 4, 99);
    seats.addSlot(slot(17n), [
      committee(17, 2, [4, 0, 1]),
      committee(17, 0, [7, 3]),
      committee(17, 1, [6, 5, 2, 8]),
    ]);
    const { starts, validators, positions, firstOf } = seats.at(slot(17n))!;
    expect([...starts]).toEqual([0, 2, 6, 9]);
    expect([...validators]).toEqual([3, 8, 4]);
    expect([...positions]).toEqual([1, 3, 0]);
    expect([...firstOf]).toEqual([0, 1, 2, 3]);
    expect(seats.members).toBe(9);
    expect(seats.unseated()).toEqual([99]);
  });

  it('say which slots are still missing', () => {
    const seats = seatsOf(1);
    for (const at of [16, 18, 17, 23, 20, 21, 22]) seats.addSlot(slot(BigInt(at)), [committee(at, 0, [at])]);
    expect(seats.missingSlots()).toEqual([19n]);
    expect(seats.complete).toBe(false);
    seats.addSlot(slot(19n), [committee(19, 0, [1])]);
    expect(seats.missingSlots()).toEqual([]);
    expect(seats.complete).toBe(true);
    expect(seats.slots.map((each) => each.slot)).toEqual([16n, 17n, 18n, 19n, 20n, 21n, 22n, 23n]);
    expect(seats.at(slot(24n))).toBeNull();
  });
});
