import { expect, it } from 'vitest';
import { ACT_BODIES } from '../../../../signer/admin/act-bodies.ts';

it.each([
  ['reason', 'a\0b', 'by me'],
  ['by', 'a reason', '\0'],
])('a NUL in the %s is refused before the act', (field, reason, by) => {
  const { error } = ACT_BODIES.freeze.safeParse({ pubkeys: 'all', reason, by });
  expect(error?.issues).toMatchObject([{ path: [field], message: 'must not hold a NUL' }]);
  expect(ACT_BODIES.freeze.safeParse({ pubkeys: 'all', reason: 'a b', by: 'me' }).success).toBe(true);
});
