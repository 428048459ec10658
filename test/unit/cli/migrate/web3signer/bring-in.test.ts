import { expect, it } from 'vitest';
import { bringInAll } from '../../../../../cli/migrate/web3signer/bring-in.ts';
import type { Destination } from '../../../../../cli/migrate/web3signer/destination.ts';
import type { OpenedSource } from '../../../../../cli/migrate/web3signer/open-keys.ts';
import { cheapKeystore } from '../../../signer/keystore/cheap-keystore.ts';

/** What happens, in its order. */
function world() {
  const acts: string[] = [];
  const destination: Destination = {
    isDeleted: () => false,
    isHere: () => Promise.resolve(false),
    mergeHistory: () => Promise.resolve(void acts.push('history')),
    bringIn: ({ password }) => {
      acts.push(`${password} is in`);
      return Promise.resolve('imported');
    },
  };
  return { acts, destination };
}

async function* opening(acts: string[], labels: readonly string[]): AsyncGenerator<OpenedSource> {
  for (const label of labels) {
    acts.push(`${label} opens`);
    if (label === 'bad') yield { label, kind: 'failed', message: 'no' };
    else yield { label, kind: 'opened', key: { ...(await cheapKeystore(label)), password: label } };
  }
}

it('a key is in before the next is waited for, and the history before the first', async () => {
  const { acts, destination } = world();
  await bringInAll(opening(acts, ['bad', 'a', 'b']), destination, () => undefined);
  expect(acts).toEqual(['bad opens', 'a opens', 'history', 'a is in', 'b opens', 'history', 'b is in']);
});

it('no history is merged where no key opens', async () => {
  const { acts, destination } = world();
  const results = await bringInAll(opening(acts, ['bad', 'bad']), destination, () => undefined);
  expect(results.map(({ status }) => status)).toEqual(['failed', 'failed']);
  expect(acts).not.toContain('history');
});
