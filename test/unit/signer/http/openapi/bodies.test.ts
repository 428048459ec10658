import { describe, expect, it } from 'vitest';
import { judgeOf } from '../../../../support/openapi-validation.ts';
import { attestation, bytes, lookup } from '../../../../support/signer-bodies.ts';
import { call } from '../../../../support/signer-call.ts';
import { startCommitBoostSigner } from '../../../../support/signer-commit-boost.ts';

const { EVERYTHING, openApiDocument } = await import('../../../../../signer/http/openapi/document.ts');
const document = openApiDocument(EVERYTHING);
const judge = judgeOf(document, false);

const KEY = bytes(48, 'a7');
const act = { pubkeys: 'all', reason: 'test' };
const vote = attestation(53n, 54n);
const batch = { identifiers: [KEY], signing_request: vote };
const signature = { type: 'CONSENSUS', pubkey: KEY, object_root: bytes(32) };

const unsigned = { kind: 'block', pubkey: KEY, slot: '7' };
const seen = { ...unsigned, signing_root: bytes(32) };
const seenVote = {
  kind: 'attestation',
  pubkey: KEY,
  source_epoch: '0',
  target_epoch: '1',
  signing_root: bytes(32),
};

/** Bodies by operation: those that the schema describes, and others. */
const BODIES: Readonly<Record<string, readonly unknown[]>> = {
  'POST /api/v1/eth2/sign': [
    batch,
    { ...batch, identifiers: [KEY, 'nothing'] },
    { ...batch, identifiers: [] },
    { ...batch, identifiers: [7] },
    { ...batch, identifiers: Array.from({ length: 7501 }, () => 'x') },
    { ...batch, more: 1 },
    { ...batch, signing_request: { ...vote, attestation: {} } },
    { identifiers: [KEY] },
    { signing_request: vote },
  ],
  'POST /eth/v1/keystores': [
    { keystores: [], passwords: [] },
    { keystores: [], passwords: [], slashing_protection: null },
    { keystores: [], passwords: [], more: 1 },
    { keystores: [], passwords: [], slashing_protection: {} },
    { keystores: [{}], passwords: ['x'] },
    { keystores: [] },
  ],
  'DELETE /eth/v1/keystores': [{ pubkeys: [] }, { pubkeys: [KEY] }, { pubkeys: [7] }, {}, []],
  'POST /eth/v1/remotekeys': [{ remote_keys: [] }, { remote_keys: [{}] }, { remote_keys: [{ pubkey: '' }] }],
  'DELETE /eth/v1/remotekeys': [{ pubkeys: [] }, { pubkeys: null }],
  'POST /vigil/v1/keys/freeze': [
    act,
    { ...act, by: 'me' },
    { ...act, reason: '' },
    { ...act, reason: 'x'.repeat(501) },
    { ...act, more: 1 },
    { ...act, pubkeys: [] },
    { ...act, pubkeys: 'some' },
    { pubkeys: 'all' },
  ],
  'POST /vigil/v1/keys/unfreeze': [act, { ...act, by: 7 }],
  'POST /vigil/v1/history/lookup': [
    lookup(seen),
    lookup(seen, seenVote),
    lookup(),
    lookup({ ...seen, kind: 'deposit' }),
    lookup({ ...seen, target_epoch: '1' }),
    lookup(unsigned),
    lookup({ ...seen, slot: 7 }),
    lookup(...Array.from({ length: 5001 }, () => seen)),
    { messages: [seen] },
    { ...lookup(seen), more: 1 },
  ],
  'POST /signer/v1/generate_proxy_key': [
    { pubkey: KEY, scheme: 'BLS' },
    { pubkey: KEY.slice(2), scheme: 'ecdsa' },
    { pubkey: KEY, scheme: 'bLs' },
    { pubkey: KEY, scheme: 'RSA' },
    { pubkey: KEY },
    { pubkey: 7, scheme: 'BLS' },
    { pubkey: KEY, scheme: 'BLS', more: 1 },
    { pubkey: 'zz', scheme: 'BLS' },
  ],
  'POST /signer/v1/request_signature': [
    signature,
    { ...signature, type: 'proxy_bls' },
    { ...signature, type: 'PROXY_ECDSA' },
    { ...signature, type: 'PROXY' },
    { ...signature, object_root: bytes(31) },
    { ...signature, object_root: 'zz' },
    { ...signature, nonce: 1 },
    { type: 'CONSENSUS', pubkey: KEY },
  ],
};

/** What a body is refused with that has not the shape of its route. */
const OF_SHAPE = /MALFORMED_REQUEST|MALFORMED_MESSAGE|ACT_INVALID|BAD_HEX|BAD_INTEGER/;

describe.each(Object.entries(BODIES))('%s', (name, bodies) => {
  const [method = '', path = ''] = name.split(' ');

  it('refuses the bodies that its schema does not describe, and no others', async () => {
    const signer = await startCommitBoostSigner();
    const { requestBody } = document.paths[path]?.[method.toLowerCase()] as unknown as {
      requestBody: { content: { 'application/json': { schema: unknown } } };
    };
    const described: boolean[] = [];
    for (const body of bodies) {
      const fits = judge.problem(requestBody.content['application/json'].schema, body) === null;
      const { status, text } = await call(signer, method, path, body);
      expect({ body, fits, text }).toMatchObject({ fits: !(status === 400 && OF_SHAPE.test(text)) });
      described.push(fits);
    }
    expect(new Set(described)).toEqual(new Set([true, false]));
  });
});
