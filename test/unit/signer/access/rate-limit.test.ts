import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressGroup } from '../../../../signer/access/address-group.ts';
import { TokenBuckets } from '../../../../signer/access/token-buckets.ts';

describe('a token bucket', () => {
  it('gives its burst at once, then as fast as it fills', () => {
    let now = 0;
    const buckets = new TokenBuckets(() => now);
    const limit = { perSecond: 10, burst: 3 };
    const take = () => buckets.take('a', limit);
    expect([take(), take(), take()]).toEqual([0, 0, 0]);
    expect(take()).toBe(100);
    now = 99;
    expect(take()).toBeGreaterThan(0);
    now = 100;
    expect(take()).toBe(0);
    expect(take()).toBe(100);
    now = 1_000_000;
    expect([take(), take(), take()]).toEqual([0, 0, 0]);
    expect(take()).toBeGreaterThan(0);
  });

  it('takes several at once, or none of them', () => {
    let now = 0;
    const buckets = new TokenBuckets(() => now);
    const limit = { perSecond: 10, burst: 5 };
    expect(buckets.take('a', limit, 4)).toBe(0);
    expect(buckets.take('a', limit, 3)).toBe(200);
    expect(buckets.take('a', limit, 1)).toBe(0);
    now = 300;
    expect(buckets.take('a', limit, 3)).toBe(0);
    // More than there ever is room for.
    now = 1_000_000;
    expect(buckets.take('a', limit, 6)).toBe(100);
    expect(buckets.take('a', limit, 5)).toBe(0);
  });

  it('never lets out more than burst and rate allow, and never less to one who waits as told', () => {
    const limit = fc.record({
      perSecond: fc.integer({ min: 1, max: 50 }),
      burst: fc.integer({ min: 1, max: 20 }),
    });
    fc.assert(
      fc.property(limit, fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 100 }), (rate, pauses) => {
        let now = 0;
        let taken = 0;
        const buckets = new TokenBuckets(() => now);
        for (const pause of pauses) {
          now += pause;
          const wait = buckets.take('a', rate);
          if (wait === 0) taken += 1;
          expect(taken).toBeLessThanOrEqual(rate.burst + (now / 1000) * rate.perSecond + 1e-3);
          if (wait === 0) continue;
          now += wait;
          expect(buckets.take('a', rate)).toBe(0);
          taken += 1;
        }
      }),
    );
  });

  it('is one of a bounded number, of which the one not used for longest goes first', () => {
    const buckets = new TokenBuckets(() => 0, 100);
    const limit = { perSecond: 1, burst: 1 };
    expect(buckets.take('regular', limit)).toBe(0);
    for (let number = 0; number < 10_000; number += 1) {
      buckets.take(`passer-by ${number}`, limit);
      expect(buckets.take('regular', limit)).toBeGreaterThan(0);
    }
    expect(buckets.size).toBe(100);
  });
});

it.each([
  ['127.0.0.1', '127.0.0.1'],
  ['::ffff:10.0.0.7', '10.0.0.7'],
  ['::1', '0:0:0:0::/64'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8::5', '2001:db8:0:0::/64'],
  ['2001:0DB8::a:b', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['64:ff9b::1.2.3.4', '64:ff9b:0:0::/64'],
  ['', ''],
])('the address %j is limited as %j', (address, group) => expect(addressGroup(address)).toBe(group));
