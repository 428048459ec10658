import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { signatureBy, verifiesAs } from '../../../support/bls-oracle.ts';
import { bytes, randaoReveal } from '../../../support/signer-bodies.ts';
import { json, JSON_HEADERS, sign, type Answer } from '../../../support/signer-client.ts';
import { everythingAllowed, startSignerFixture } from '../../../support/signer-fixture.ts';
import { callKeymanager, statusesOf } from '../../../support/signer-keymanager.ts';
import { everyType, LATE_SLOT } from './canned-requests.ts';
import { MESSAGE_TYPES } from '../../../../signer/messages/index.ts';

/** Behaviours of BlsSigningAcceptanceTest and BlsSigningRootPropertyAcceptanceTest. */

const TYPES = everyType();
/** What came after the types that Web3Signer has. */
const OUR_OWN =
  /^(BLS_TO_EXECUTION_CHANGE|EXECUTION_PAYLOAD_|PAYLOAD_ATTESTATION|PROPOSER_PREFERENCES|BUILDER_REQUEST)/;

const lateSigner = () => startSignerFixture({ nowSlot: LATE_SLOT, policy: everythingAllowed });
const accepting = (accept: string) => ({ ...JSON_HEADERS, accept });
const signatureIn = (answer: Answer): string =>
  answer.headers['content-type']?.startsWith('text/plain') === true
    ? answer.text
    : (json(answer)['signature'] ?? '');

it('every type of Web3Signer is tried', () => {
  const theirs = MESSAGE_TYPES.filter((type) => !OUR_OWN.test(type));
  expect(TYPES.map(({ body }) => body['type']).sort()).toEqual([...theirs].sort());
});

describe.each(TYPES)('$name', ({ body, root }) => {
  it.each([
    ['TEXT', 'text/plain', 'text/plain; charset=utf-8'],
    ['JSON', 'application/json', 'application/json; charset=utf-8'],
    ['ANY', '*/*', 'application/json; charset=utf-8'],
  ])('is signed as %s', async (_name, accept, contentType) => {
    const signer = await lateSigner();
    const answer = await sign(signer, { ...body, signing_root: root }, { headers: accepting(accept) });
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': contentType } });
    expect(verifiesAs(signer.pubkey, root, signatureIn(answer))).toBe(true);
  });

  it('is signed alike without a signing root, with either spelling of it, and with its type in lower case', async () => {
    const signer = await lateSigner();
    const lower = { ...body, type: (body['type'] as string).toLowerCase() };
    const bare = await sign(signer, body);
    expect(verifiesAs(signer.pubkey, root, signatureIn(bare))).toBe(true);
    for (const spelled of [{ ...body, signing_root: root }, { ...body, signingRoot: root }, lower]) {
      expect(await sign(signer, spelled)).toMatchObject({ status: 200, text: bare.text });
    }
  });

  it('is not signed with a signing root that is not its own: 400 with the reason, where Web3Signer has 500', async () => {
    const signer = await lateSigner();
    for (const key of ['signing_root', 'signingRoot']) {
      const answer = await sign(signer, { ...body, [key]: bytes(32, '0f') });
      expect({ status: answer.status, code: json(answer)['code'] }).toEqual({
        status: 400,
        code: 'SIGNING_ROOT_MISMATCH',
      });
    }
  });
});

describe('a keystore encrypted with', () => {
  /** Of the test vectors of EIP-2335. */
  const PASSWORD = '𝔱𝔢𝔰𝔱𝔭𝔞𝔰𝔰𝔴𝔬𝔯𝔡🔑';
  const SECRET = '0x000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f';

  it.each(['scrypt', 'pbkdf2'])('%s signs with the key that is in it', async (kdf) => {
    const signer = await startSignerFixture({ keys: 0, nowSlot: LATE_SLOT, policy: everythingAllowed });
    const file = new URL(`../../../fixtures/keystores/eip2335-${kdf}.json`, import.meta.url);
    const keystore = readFileSync(file, 'utf8');
    const imported = callKeymanager(signer, 'POST', { keystores: [keystore], passwords: [PASSWORD] });
    expect(await statusesOf(imported)).toEqual(['imported']);

    const [identifier] = signer.keyring.pubkeys();
    const { body, root } = TYPES.find(({ name }) => name === 'RANDAO_REVEAL')!;
    expect(body).toEqual(randaoReveal(63n));
    expect(signatureIn(await sign(signer, body, { identifier: identifier! }))).toBe(
      signatureBy(SECRET, root),
    );
  });
});
