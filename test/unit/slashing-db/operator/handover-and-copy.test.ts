import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { epoch } from '../../../../core/units.ts';
import type { HandoverReceipt } from '../../../../slashing-db/index.ts';
import { copiedTo } from '../../../../slashing-db/freeze-reason.ts';
import { SlashingGuard } from '../../../../slashing-db/slashing-guard.ts';
import { CopiedPlace as Place } from '../../../support/copied-place.ts';
import { MemoryStorage } from '../../../support/memory-storage.ts';
import { att, clockAt, KEY_A, KEY_B } from '../../../support/slashing-fixtures.ts';
import { TRUSTING, verdict } from '../../../support/temp-guard.ts';

const ACT = { by: 'a test', reason: 'a test' };
const { clock } = clockAt(1000);

describe('a key that was handed over', () => {
  let x: Place;
  let y: Place;
  let z: Place;
  beforeEach(async () => {
    [x, y, z] = [new Place(), new Place(), new Place()];
    await x.with(async (guard) => {
      await guard.admitKey(KEY_A, false);
      await guard.admitKey(KEY_B, false);
    });
    expect(await x.vote(10)).toBe('released');
  });

  it('signs where it came to when the rest is copied there later', async () => {
    await x.handOver(y, 12n);
    expect(await y.vote(13)).toBe('released');
    await x.copyTo(y);
    expect([await x.vote(14), await y.vote(14)]).toEqual(['ALL_FROZEN', 'released']);
    const states = await y.with((guard) =>
      Promise.resolve([KEY_A, KEY_B].map((pubkey) => guard.statusOf(pubkey))),
    );
    expect(states).toMatchObject([{ inEpoch: 12n, outEpoch: null }, { state: 'active' }]);
  });

  it('signs where it came from when it is copied back there, above all that was signed meanwhile', async () => {
    await x.handOver(y, 12n);
    expect(await y.vote(14)).toBe('released');
    await y.copyTo(x);
    expect(await x.vote(14)).toBe('TARGET_NOT_ABOVE_WATERMARK');
    expect([await x.vote(15), await y.vote(16)]).toEqual(['released', 'ALL_FROZEN']);
    // From now on it is there as any other.
    await x.handOver(z, 20n);
    expect([await x.vote(20), await z.vote(20)]).toEqual(['KEY_HANDED_OVER', 'released']);
  });

  it('is not brought back by a copy of what was copied somewhere else before', async () => {
    await x.handOver(y, 12n);
    await y.copyTo(z);
    await y.copyTo(x);
    expect([await x.vote(15), await z.vote(15)]).toEqual(['KEY_HANDED_OVER', 'released']);
  });

  it('and back again signs at whichever of the two is copied to', async () => {
    await x.handOver(y, 12n);
    await y.handOver(x, 14n);
    await y.copyTo(x);
    expect([await x.vote(15), await y.vote(15)]).toEqual(['released', 'ALL_FROZEN']);
    await x.copyTo(y);
    expect([await x.vote(16), await y.vote(16)]).toEqual(['ALL_FROZEN', 'released']);
  });

  it('twice signs at the last only, whoever of the others is copied to whom', async () => {
    await x.handOver(y, 12n);
    await y.handOver(z, 14n);
    await y.copyTo(x);
    expect([await x.vote(15), await z.vote(15)]).toEqual(['KEY_HANDED_OVER', 'released']);
    await x.copyTo(z);
    expect([await x.vote(16), await z.vote(16)]).toEqual(['ALL_FROZEN', 'released']);
  });

  it('and nobody took over stays given away in a copy', async () => {
    await x.with((guard) => guard.operator.handOver([KEY_A], epoch(12n), ACT));
    await x.copyTo(y);
    expect([await y.vote(11), await y.vote(12)]).toEqual(['released', 'KEY_HANDED_OVER']);
  });

  it('at the epoch at which it came stays given away, since nobody can tell who is further', async () => {
    await x.handOver(y, 12n);
    await y.copyTo(x);
    await x.handOver(z, 12n);
    // What y knows is older than the hand-over of x, and says the same epoch as what z knows.
    await y.with((guard) => guard.operator.unfreeze('all', ACT));
    await y.copyTo(x);
    expect([await x.vote(13), await z.vote(13)]).toEqual(['KEY_HANDED_OVER', 'released']);
  });
});

/** What an operator does with three databases, every epoch one thing. */
const step = fc.record({
  act: fc.constantFrom('hand over', 'hand over', 'take over', 'take over', 'copy', 'copy', 'nothing'),
  from: fc.nat(2),
  to: fc.nat(2),
  /** Epochs ahead. */
  ahead: fc.nat(2),
});

it('at most one of three databases signs with a key that is handed about and copied about', async () => {
  let released = 0;
  const property = fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
    const places = ['a', 'b', 'c'].map((name) => {
      const storage = new MemoryStorage();
      return { name, storage, guard: new SlashingGuard(storage, { ...TRUSTING, clock }) };
    });
    type Held = (typeof places)[number];
    const place = (n: number) => places[n] as Held;
    const knows = ({ guard }: Held) => guard.statusOf(KEY_A).state === 'active';
    await place(0).guard.admitKey(KEY_A, false);
    const copies = new Map<Held, Held>();
    const receipts: { receipt: HandoverReceipt; of: Held }[] = [];
    let now = 10;
    for (const { act, from, to, ahead } of steps) {
      const [source, destination] = [place(from), place(to)];
      // A receipt that is written again is not for a second taker.
      const { outEpoch } = source.guard.statusOf(KEY_A);
      const holds = knows(source) && outEpoch === null && source.guard.protection.frozen === null;
      if (act === 'hand over' && holds) {
        const out = epoch(BigInt(now + ahead));
        const receipt = await source.guard.operator.handOver([KEY_A], out, ACT).catch(() => null);
        if (receipt !== null) receipts.push({ receipt, of: source });
      }
      const [next] = receipts;
      if (act === 'take over' && next !== undefined && destination !== next.of) {
        const databaseId = `of ${next.of.name}`;
        const taken = destination.guard.operator.takeOver({ ...next.receipt, databaseId }, ACT);
        if (
          await taken.then(
            () => true,
            () => false,
          )
        ) {
          receipts.shift();
          await destination.guard.admitKey(KEY_A, false);
        }
      }
      // What was copied away is copied once more by mistake, but to nobody who never had the key.
      const stale = source.guard.protection.frozen !== null;
      if (act === 'copy' && source !== destination && knows(source) && (!stale || knows(destination))) {
        await destination.guard.mergeState(source.storage.load(), 'a test', source.name);
        await source.guard.operator.freeze('all', {
          ...ACT,
          reason: copiedTo(destination.name, 'a test', null),
        });
        copies.set(source, destination);
        // Only once nothing signs where it was copied to itself.
        const left = copies.get(destination)?.guard.protection.frozen !== null;
        if (!stale && left) await destination.guard.operator.unfreeze('all', ACT);
      }
      now += 1;
      const verdicts = await Promise.all(
        places.map(({ guard }, n) => verdict(guard, KEY_A, att(now - 1, now, n + 1))),
      );
      const signed = verdicts.filter((word) => word === 'released').length;
      expect(signed).toBeLessThanOrEqual(1);
      released += signed;
    }
  });
  await fc.assert(property, { numRuns: 3000 });
  expect(released).toBeGreaterThan(3000);
});
