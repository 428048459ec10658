import { describe, expect, it } from 'vitest';
import { epoch, slot } from '../../../core/units.ts';
import { bootFloorAt, checkFloor, type Floor } from '../../../slashing-db/boot-floor.ts';
import { takeoverFloor } from '../../../slashing-db/handover/takeover-floor.ts';
import { checkControls, NO_CONTROL, NO_PROTECTION } from '../../../slashing-db/key-controls.ts';
import type { AttestationMessage, BlockMessage } from '../../../slashing-db/message.ts';
import { checkAttestation } from '../../../slashing-db/rules/check-attestation.ts';
import { checkBlock } from '../../../slashing-db/rules/check-block.ts';
import { checkTime } from '../../../slashing-db/rules/check-time.ts';
import { att, block, SPEC } from '../../support/slashing-fixtures.ts';
import { isSlashableAttestationData } from '../../support/slashing-oracle.ts';

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/** Every vote with its source below its target, or of epoch 0. */
const votesTo = (last: number) =>
  range(last + 1).flatMap((target) => range(Math.max(1, target)).map((source) => att(source, target)));

/** Two votes that differ in what they vote for whenever they could. */
const contradict = (one: AttestationMessage, other: AttestationMessage): boolean => {
  const [a, b] = [
    { ...one, root: '0xa' },
    { ...other, root: '0xb' },
  ];
  return isSlashableAttestationData(a, b) || isSlashableAttestationData(b, a);
};

describe('the boot floor is enough and not more than enough', () => {
  const TOLERANCE = 1n;
  const short = { ...SPEC, slotsPerEpoch: 3n };
  const inTime = (now: number, message: AttestationMessage | BlockMessage) =>
    checkTime(short, slot(BigInt(now)), TOLERANCE, message) === null;

  /** Something let out up to `now`, all records lost, something let out later above the floor: slashable? */
  function unsafe(now: number, floor: Floor): boolean {
    const votes = votesTo(7);
    const before = votes.filter((vote) => inTime(now, vote));
    const after = votes.filter((vote) => checkFloor(floor, null, vote) === null);
    if (before.some((one) => after.some((other) => contradict(one, other)))) return true;
    return range(20).some((n) => inTime(now, block(n)) && checkFloor(floor, null, block(n)) === null);
  }

  it.each(range(13))('at slot %i', (now) => {
    const floor = bootFloorAt(short, slot(BigInt(now)), TOLERANCE);
    expect(floor.slot).toBe(BigInt(now + 1));
    expect(floor.target).toBe(BigInt(Math.floor((now + 1) / 3)));
    expect(unsafe(now, floor)).toBe(false);
    expect(unsafe(now, { ...floor, slot: slot(floor.slot - 1n) })).toBe(true);
    expect(unsafe(now, { ...floor, target: epoch(floor.target - 1n) })).toBe(true);
    if (floor.source > 0n) expect(unsafe(now, { ...floor, source: epoch(floor.source - 1n) })).toBe(true);
  });
});

describe('hand-over is safe if both machines run for ever', () => {
  const LAST = 14;

  /** What each may sign, in whatever order: the old below its ceiling, the new above its floor. */
  function pairs(outEpoch: number, lowerSource = 0n): { pairs: number; slashable: number } {
    const control = { ...NO_CONTROL, outEpoch: epoch(BigInt(outEpoch)) };
    const old = votesTo(LAST).filter((vote) => checkControls(SPEC, NO_PROTECTION, control, vote) === null);
    const { attestation } = takeoverFloor(SPEC, epoch(BigInt(outEpoch)));
    const floor =
      attestation === null ? null : { ...attestation, source: epoch(attestation.source - lowerSource) };
    const fresh = votesTo(LAST).filter((vote) => checkAttestation(floor, vote).kind === 'advance');
    const slashable = old.flatMap((one) => fresh.filter((other) => contradict(one, other))).length;
    return { pairs: old.length * fresh.length, slashable };
  }

  it.each(range(13).slice(1))('for votes, at epoch %i', (outEpoch) => {
    const found = pairs(outEpoch);
    expect(found.pairs).toBeGreaterThan(0);
    expect(found.slashable).toBe(0);
  });

  it.each(range(13).slice(3))('and at epoch %i no source floor below E - 2 would do', (outEpoch) => {
    expect(pairs(outEpoch, 1n).slashable).toBeGreaterThan(0);
  });

  it.each(range(5).slice(1))('for blocks, at epoch %i', (outEpoch) => {
    const control = { ...NO_CONTROL, outEpoch: epoch(BigInt(outEpoch)) };
    const { block: floor } = takeoverFloor(SPEC, epoch(BigInt(outEpoch)));
    for (const at of range(60)) {
      const byOld = checkControls(SPEC, NO_PROTECTION, control, block(at)) === null;
      const byNew = checkBlock(floor, block(at)).kind === 'advance';
      expect([at, byOld, byNew]).toEqual([at, !byNew, byNew]);
    }
  });
});
