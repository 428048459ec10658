import { describe, expect, it } from 'vitest';
import { verifiesAs } from '../../../support/bls-oracle.ts';
import { bytes } from '../../../support/signer-bodies.ts';
import { json, sign } from '../../../support/signer-client.ts';
import { everythingAllowed, startSignerFixture } from '../../../support/signer-fixture.ts';
import { everyType, LATE_SLOT, legacyBlock } from './canned-requests.ts';

/** Behaviours of KeyLoadAndSignAcceptanceTest. */

const lateSigner = () => startSignerFixture({ nowSlot: LATE_SLOT, policy: everythingAllowed });

it('a key that is not loaded is 404', async () => {
  const signer = await lateSigner();
  expect((await sign(signer, legacyBlock().body, { identifier: bytes(48) })).status).toBe(404);
});

describe('400 is the answer to', () => {
  it.each<[string, unknown]>([
    ['a body whose only data is null', { signingRoot: null }],
    ['a body whose only data is no hex', { signingRoot: 'zzzddd' }],
    ['a body with nothing that is known', { invalid: 'json body' }],
    ['a body that is no JSON', 'not a json body'],
    ['a body without a type', { ...legacyBlock().body, type: undefined }],
    ['no body', ''],
  ])('%s', async (_name, body) => {
    expect((await sign(await lateSigner(), body)).status).toBe(400);
  });
});

describe('fields that are not known change nothing', () => {
  /** The same body with a stranger in it and in every object below. */
  const withStrangers = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(withStrangers)
      : typeof value === 'object' && value !== null
        ? {
            unknownField: 'someValue',
            ...Object.fromEntries(Object.entries(value).map(([key, of]) => [key, withStrangers(of)])),
          }
        : value;

  it.each(everyType())('in $name', async ({ body, root }) => {
    const signer = await lateSigner();
    const answer = await sign(signer, withStrangers(body));
    expect(answer.status).toBe(200);
    expect(verifiesAs(signer.pubkey, root, json(answer)['signature'] ?? '')).toBe(true);
  });
});
