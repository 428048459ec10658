import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesPattern } from '../../../../signer/access/matches-pattern.ts';

describe('a pattern', () => {
  it.each([
    ['vc-1', 'vc-10'],
    ['vc-1', 'xvc-1'],
    ['vc-1', 'VC-1'],
    ['vc-1', 'vc-1\n'],
    ['vc.1', 'vc-1'],
    ['a|b', 'a'],
    ['^vc', 'vc'],
    ['vc-*-eu', 'vc-eu'],
    ['vc-*-eu', 'vc-1-eu-2'],
    ['ab*ba', 'aba'],
    ['*x*', 'abc'],
    ['a*b*c', 'acb'],
    ['', 'a'],
  ])('%j does not fit %j', (pattern, name) => expect(matchesPattern(pattern, name)).toBe(false));

  it.each([
    ['vc-1', 'vc-1'],
    ['vc-*', 'vc-'],
    ['vc-*', 'vc-10'],
    ['*', ''],
    ['*', 'anything'],
    ['a*b*c', 'axbxbxc'],
    ['*-1', 'x-1-1'],
    ['ab**ba', 'abba'],
  ])('%j fits %j', (pattern, name) => expect(matchesPattern(pattern, name)).toBe(true));

  it('fits exactly where an anchored regular expression would', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-'), maxLength: 8 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-', '*', '*'), maxLength: 6 });
    fc.assert(
      fc.property(pattern, letters, (glob, name) => {
        const parts = glob.split('*').map((part) => part.replaceAll(/[.]/g, '\\$&'));
        expect(matchesPattern(glob, name)).toBe(new RegExp(`^(?:${parts.join('[^]*')})$`).test(name));
      }),
      { numRuns: 5000 },
    );
  });

  it('without a wildcard fits nothing but itself, however a name is extended', () => {
    const word = fc.stringMatching(/^[a-z0-9-]{1,10}$/);
    fc.assert(
      fc.property(word, word, (name, more) => {
        expect(matchesPattern(name, name)).toBe(true);
        expect(matchesPattern(name, name + more)).toBe(false);
        expect(matchesPattern(name, more + name)).toBe(false);
      }),
    );
  });

  it('made to be slow takes no time', () => {
    // A backtracking matcher would be at this until the end of the universe.
    expect(matchesPattern(`${'*a'.repeat(200)}*b`, 'a'.repeat(5000))).toBe(false);
  });
});
