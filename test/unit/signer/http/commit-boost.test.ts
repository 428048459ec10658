import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { slashingDbError } from '../../../../slashing-db/errors.ts';
import { verifiesAs } from '../../../support/bls-oracle.ts';
import { attestation, attestationData, bytes } from '../../../support/signer-bodies.ts';
import { call, failure, signingHistory } from '../../../support/signer-call.ts';
import { send, sign } from '../../../support/signer-client.ts';
import {
  delegationRoot,
  ecdsaVerifies,
  generate,
  getPubkeys,
  newProxy,
  objectSigningRoot,
  requestSignature,
  startCommitBoostSigner,
} from '../../../support/signer-commit-boost.ts';
import { startSignerFixture, type SignerFixture } from '../../../support/signer-fixture.ts';
import { callKeymanager } from '../../../support/signer-keymanager.ts';
import { NETWORK } from '../../../support/signer-network.ts';
import { signingRootOf } from '../../../support/ssz-oracle.ts';
import { attestationData as attestationLayout } from '../messages/spec-layouts.ts';

const ROOT = bytes(32, 'd4');
const UNKNOWN = `0x${'a7'.repeat(48)}`;
const PATHS = ['/signer/v1/get_pubkeys', '/signer/v1/generate_proxy_key', '/signer/v1/request_signature'];
/** Half of the order of secp256k1. */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

const consensus = (signer: SignerFixture, root = ROOT) =>
  requestSignature(signer, { type: 'CONSENSUS', pubkey: signer.pubkey, object_root: root });
const signatureIn = ({ text }: { text: string }): string => JSON.parse(text) as string;

describe('the API that is not asked for', () => {
  it.each(PATHS)('%s does not exist while it is off', async (path) => {
    const signer = await startSignerFixture();
    const method = path === PATHS[0] ? 'GET' : 'POST';
    expect(failure(await call(signer, method, path, method === 'GET' ? undefined : {}))).toEqual({
      status: 404,
      code: 'NOT_FOUND',
    });
  });

  it.each(PATHS)('%s wants the token', async (path) => {
    const signer = await startCommitBoostSigner();
    const method = path === PATHS[0] ? 'GET' : 'POST';
    const body =
      method === 'GET'
        ? {}
        : { body: { type: 'CONSENSUS', pubkey: signer.pubkey, scheme: 'BLS', object_root: ROOT } };
    for (const headers of [{}, { authorization: 'Bearer 0' }]) {
      const answer = await send(signer.url, path, { method, headers, ...body });
      expect(answer.status).toBe(401);
      expect(answer.text).not.toContain(signer.pubkey);
    }
    expect((await getPubkeys(signer))[0]).toMatchObject({ proxy_bls: [], proxy_ecdsa: [] });
  });
});

describe('malformed requests are 400, with the code that the API gives them', () => {
  const bodies: Record<string, (good: Record<string, unknown>) => unknown> = {
    'no JSON': () => 'type=CONSENSUS',
    'an empty body': () => '',
    'no type': (good) => ({ ...good, type: undefined }),
    'another type': (good) => ({ ...good, type: 'ATTESTATION' }),
    'no key': (good) => ({ ...good, pubkey: undefined }),
    'a short key': (good) => ({ ...good, pubkey: (good['pubkey'] as string).slice(0, -2) }),
    'no root': (good) => ({ ...good, object_root: undefined }),
    'a short root': (good) => ({ ...good, object_root: ROOT.slice(0, -2) }),
    'a long root': (good) => ({ ...good, object_root: `${ROOT}00` }),
    'a root without 0x': (good) => ({ ...good, object_root: ROOT.slice(2) }),
    // Of later versions of the API, where it is part of what is signed.
    'a nonce': (good) => ({ ...good, nonce: 1 }),
  };
  it.each(Object.entries(bodies))('request_signature with %s', async (_name, spoil) => {
    const signer = await startCommitBoostSigner();
    const good = { type: 'CONSENSUS', pubkey: signer.pubkey, object_root: ROOT };
    expect((await requestSignature(signer, good)).status).toBe(200);
    const answer = await requestSignature(signer, spoil(good));
    expect(JSON.parse(answer.text)).toEqual({
      code: 400,
      message: expect.any(String) as string,
      reason: expect.stringMatching(/^(BAD_HEX|BAD_JSON|MALFORMED_REQUEST)$/) as string,
    });
    expect(answer.status).toBe(400);
  });

  it.each([{}, { scheme: 'BLS' }, { pubkey: UNKNOWN }, { pubkey: UNKNOWN, scheme: 'ED25519' }])(
    'generate_proxy_key with %j',
    async (body) => {
      const signer = await startCommitBoostSigner();
      expect(failure(await generate(signer, body))).toEqual({ status: 400, code: 400 });
    },
  );
});

describe('a body that is too large', () => {
  it('is 413 in the shape of the API', async () => {
    const signer = await startCommitBoostSigner();
    const answer = await requestSignature(signer, `{"type":"${'x'.repeat(2_000_000)}"}`);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 413, reason: 'BODY_TOO_LARGE' });
  });
});

describe('an unknown key is 404', () => {
  it('for every type and for a new proxy', async () => {
    const signer = await startCommitBoostSigner();
    const answers = [
      await generate(signer, { pubkey: UNKNOWN, scheme: 'BLS' }),
      await generate(signer, { pubkey: UNKNOWN, scheme: 'ECDSA' }),
      await requestSignature(signer, { type: 'CONSENSUS', pubkey: UNKNOWN, object_root: ROOT }),
      await requestSignature(signer, { type: 'PROXY_BLS', pubkey: UNKNOWN, object_root: ROOT }),
      await requestSignature(signer, { type: 'PROXY_ECDSA', pubkey: UNKNOWN, object_root: ROOT }),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(404);
      expect(JSON.parse(answer.text)).toEqual({
        code: 404,
        message: 'Unknown pubkey',
        reason: 'UNKNOWN_KEY',
      });
    }
  });

  it('for a key that is asked for as what it is not', async () => {
    const signer = await startCommitBoostSigner();
    const bls = (await newProxy(signer, 'BLS')).message.proxy;
    const ecdsa = (await newProxy(signer, 'ECDSA')).message.proxy;
    const ask = async (type: string, pubkey: string) =>
      (await requestSignature(signer, { type, pubkey, object_root: ROOT })).status;
    expect(await ask('CONSENSUS', bls)).toBe(404);
    expect(await ask('PROXY_BLS', signer.pubkey)).toBe(404);
    expect(await ask('PROXY_BLS', ecdsa)).toBe(404);
    expect(await ask('PROXY_ECDSA', bls)).toBe(404);
    expect(await ask('PROXY_BLS', bls)).toBe(200);
    expect(await ask('PROXY_ECDSA', ecdsa)).toBe(200);
  });
});

describe('signatures', () => {
  it.each(['CONSENSUS', 'consensus'])('by a consensus key, asked for as %s', async (type) => {
    const signer = await startCommitBoostSigner();
    const pubkey = signer.pubkey.slice(2).toUpperCase();
    const answer = await requestSignature(signer, { type, pubkey, object_root: ROOT });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(verifiesAs(signer.pubkey, objectSigningRoot(ROOT), signatureIn(answer))).toBe(true);
  });

  it('by a consensus key are worth nothing as a vote, whatever root is sent', async () => {
    const signer = await startCommitBoostSigner();
    const objectRoot = attestationLayout.root(attestationData(54n, 55n));
    const version = '0x050000f0';
    const vote = signingRootOf(objectRoot, '0x01000000', version, NETWORK.genesisValidatorsRoot);
    for (const root of [bytes(0) + Buffer.from(objectRoot).toString('hex'), vote]) {
      const answer = await consensus(signer, root);
      expect(answer.status).toBe(200);
      expect(verifiesAs(signer.pubkey, vote, signatureIn(answer))).toBe(false);
    }
  });

  it.each(['BLS', 'bls'])(
    'by a proxy key of scheme %s, to which the consensus key delegates',
    async (scheme) => {
      const signer = await startCommitBoostSigner();
      const { message, signature } = await newProxy(signer, scheme);
      expect(message).toEqual({
        delegator: signer.pubkey,
        proxy: expect.stringMatching(/^0x[0-9a-f]{96}$/) as string,
      });
      expect(verifiesAs(signer.pubkey, delegationRoot(message), signature)).toBe(true);
      const body = { type: 'PROXY_BLS', pubkey: message.proxy, object_root: ROOT };
      const signed = signatureIn(await requestSignature(signer, body));
      expect(verifiesAs(message.proxy, objectSigningRoot(ROOT), signed)).toBe(true);
      expect(verifiesAs(signer.pubkey, objectSigningRoot(ROOT), signed)).toBe(false);
    },
  );

  it.each(['ECDSA', 'ecdsa'])(
    'by a proxy key of scheme %s, r and s with s in the lower half',
    async (scheme) => {
      const signer = await startCommitBoostSigner();
      const { message, signature } = await newProxy(signer, scheme);
      expect(message.proxy).toMatch(/^0x0[23][0-9a-f]{64}$/);
      expect(verifiesAs(signer.pubkey, delegationRoot(message), signature)).toBe(true);
      for (const fill of ['01', '02', '03', '04', '05', '06', '07', '08']) {
        const root = bytes(32, fill);
        const body = { type: 'PROXY_ECDSA', pubkey: message.proxy, object_root: root };
        const signed = signatureIn(await requestSignature(signer, body));
        expect(signed).toMatch(/^0x[0-9a-f]{128}$/);
        expect(ecdsaVerifies(message.proxy, root, signed)).toBe(true);
        expect(ecdsaVerifies(message.proxy, ROOT, signed)).toBe(false);
        expect(BigInt(`0x${signed.slice(66)}`) <= HALF_ORDER).toBe(true);
        expect(signatureIn(await requestSignature(signer, body))).toBe(signed);
      }
    },
  );
});

describe('get_pubkeys', () => {
  it('lists consensus keys with the proxies of each', async () => {
    const signer = await startCommitBoostSigner({ keys: 2 });
    const bls = [await newProxy(signer, 'BLS'), await newProxy(signer, 'BLS')];
    const ecdsa = await newProxy(signer, 'ECDSA');
    const proxies = bls.map(({ message }) => message.proxy).sort();
    expect(new Set(proxies).size).toBe(2);
    const expected = [...signer.pubkeys].sort().map((pubkey) => ({
      consensus: pubkey,
      proxy_bls: pubkey === signer.pubkey ? proxies : [],
      proxy_ecdsa: pubkey === signer.pubkey ? [ecdsa.message.proxy] : [],
    }));
    expect(await getPubkeys(signer)).toEqual(expected);
  });
});

describe('a key that must not sign', () => {
  async function signerWithProxies() {
    const signer = await startCommitBoostSigner();
    const bls = (await newProxy(signer, 'BLS')).message.proxy;
    const ecdsa = (await newProxy(signer, 'ECDSA')).message.proxy;
    const askAll = async () => [
      await consensus(signer),
      await requestSignature(signer, { type: 'PROXY_BLS', pubkey: bls, object_root: ROOT }),
      await requestSignature(signer, { type: 'PROXY_ECDSA', pubkey: ecdsa, object_root: ROOT }),
      await generate(signer, { pubkey: signer.pubkey, scheme: 'BLS' }),
      await generate(signer, { pubkey: signer.pubkey, scheme: 'ECDSA' }),
    ];
    return { signer, askAll };
  }

  it.each([
    ['frozen', 'KEY_FROZEN'],
    ['frozen with all others', 'ALL_FROZEN'],
  ])('because it is %s signs nothing, through its proxies neither', async (_name, reason) => {
    const { signer, askAll } = await signerWithProxies();
    const keys = reason === 'ALL_FROZEN' ? ('all' as const) : signer.pubkeys;
    const before = await getPubkeys(signer);
    await signer.guard.operator.freeze(keys, { by: 'test', reason: 'drill' });
    for (const answer of await askAll()) {
      expect(answer.status).toBe(412);
      expect(JSON.parse(answer.text)).toEqual({ code: 412, message: expect.any(String) as string, reason });
      expect(answer.text).not.toMatch(/0x[0-9a-f]{64}/);
    }
    // No keystore was made for a delegation that was refused.
    expect(await getPubkeys(signer)).toEqual(before);
    await signer.guard.operator.unfreeze(keys, { by: 'test', reason: 'over' });
    for (const answer of await askAll()) expect(answer.status).toBe(200);
  });

  it('because it is deleted signs nothing, through its proxies neither', async () => {
    const { signer, askAll } = await signerWithProxies();
    await callKeymanager(signer, 'DELETE', { pubkeys: [signer.pubkey] });
    for (const answer of await askAll()) expect(failure(answer)).toEqual({ status: 404, code: 404 });
    expect(await getPubkeys(signer)).toEqual([]);
  });

  it('because its keystore could not be opened signs nothing, through its proxies neither', async () => {
    const first = await startCommitBoostSigner();
    const { proxy } = (await newProxy(first, 'BLS')).message;
    await first.close();
    await rm(join(first.dataDir, 'secrets', first.pubkey));
    const second = await startCommitBoostSigner({ dataDir: first.dataDir, keys: 0 });
    const body = { type: 'PROXY_BLS', pubkey: proxy, object_root: ROOT };
    expect(failure(await requestSignature(second, body))).toEqual({ status: 404, code: 404 });
  });

  it('because nothing can be recorded signs nothing', async () => {
    const { signer, askAll } = await signerWithProxies();
    await signer.guard.close();
    for (const answer of await askAll()) expect(failure(answer)).toEqual({ status: 503, code: 503 });
  });
});
describe('a failure of the signer itself', () => {
  const codes = [
    ['DB_COMMIT_FAILED', 503, 'Service Unavailable'],
    ['DB_FENCED', 503, 'Service Unavailable'],
    ['NO_CODE', 500, 'Internal Error'],
  ] as const;
  it.each(codes)(
    '%s is %i, as it is for a validator client, and names no file',
    async (code, status, message) => {
      const signer = await startCommitBoostSigner();
      const error = code === 'NO_CODE' ? new Error('/secret/path') : slashingDbError(code, '/secret/path');
      signer.guard.release = () => Promise.reject(error);
      const reason = code === 'NO_CODE' ? 'INTERNAL' : code;
      for (const answer of [
        await consensus(signer),
        await generate(signer, { pubkey: signer.pubkey, scheme: 'BLS' }),
      ]) {
        expect(answer.status).toBe(status);
        expect(JSON.parse(answer.text)).toEqual({ code: status, message, reason });
      }
      expect((await sign(signer, attestation(53n, 54n))).status).toBe(status);
    },
  );
});

describe('the history and the metrics', () => {
  it('have every signature and every refusal, under types of their own', async () => {
    const signer = await startCommitBoostSigner();
    const { message } = await newProxy(signer, 'BLS');
    await consensus(signer);
    await requestSignature(signer, { type: 'PROXY_BLS', pubkey: message.proxy, object_root: ROOT });
    await signer.guard.operator.freeze('all', { by: 'test', reason: 'drill' });
    await consensus(signer);
    const text = await signer.metrics.registry.metrics();
    for (const [type, result, reason] of [
      ['COMMIT_BOOST', 'signed', ''],
      ['COMMIT_BOOST', 'refused', 'ALL_FROZEN'],
      ['COMMIT_BOOST_PROXY', 'signed', ''],
      ['COMMIT_BOOST_DELEGATION', 'signed', ''],
    ]) {
      const labels = `type="${type}",result="${result}",reason="${reason}"`;
      expect(text).toContain(`vigil_signer_sign_requests_total{${labels}} 1\n`);
    }
    await signer.close();
    const { pubkey } = signer;
    const signed = { pubkey, verdict: 'signed', reason: null };
    const signingRoot = objectSigningRoot(ROOT);
    expect(signingHistory(signer)).toEqual([
      { ...signed, type: 'COMMIT_BOOST_DELEGATION', signingRoot: delegationRoot(message) },
      { ...signed, type: 'COMMIT_BOOST', signingRoot },
      { ...signed, type: 'COMMIT_BOOST_PROXY', signingRoot },
      { pubkey, type: 'COMMIT_BOOST', signingRoot, verdict: 'refused', reason: 'ALL_FROZEN' },
    ]);
  });
});
