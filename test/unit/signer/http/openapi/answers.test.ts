import { describe, expect, it } from 'vitest';
import type { FrontDoorOptions } from '../../../../../signer/access/front-door.ts';
import { accessFileText, bearer, writeAccessFile } from '../../../../support/access-fixture.ts';
import { answerProblem, judgeOf } from '../../../../support/openapi-validation.ts';
import { attestation, bytes, lookup } from '../../../../support/signer-bodies.ts';
import { JSON_HEADERS, send, type SendOptions } from '../../../../support/signer-client.ts';
import { startCommitBoostSigner } from '../../../../support/signer-commit-boost.ts';
import { startSignerFixture, type SignerFixture } from '../../../../support/signer-fixture.ts';

const { EVERYTHING, openApiDocument } = await import('../../../../../signer/http/openapi/document.ts');
const document = openApiDocument(EVERYTHING);
const judge = judgeOf(document, true);

/** One request of which the answer is known beforehand. */
interface Ask {
  readonly status: number;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** As fastify has it. */
  readonly route: string;
  /** Of the parameters in the route. Default: the key of the signer. */
  readonly key?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const SIGN = { method: 'POST', route: '/api/v1/eth2/sign/:identifier' } as const;
const vote = attestation(53n, 54n);
const text = { 'content-type': 'application/json', 'accept': 'text/plain' };

async function expectAsDocumented(signer: SignerFixture, ask: Ask): Promise<void> {
  const { method, route, status, key = signer.pubkey, body } = ask;
  const owner = { authorization: `Bearer ${signer.token}` };
  const headers = { ...(body === undefined ? {} : JSON_HEADERS), ...owner, ...ask.headers };
  const options: SendOptions = { method, headers, ...(body === undefined ? {} : { body }) };
  const answer = await send(signer.url, route.replace(/:\w+/, key), options);
  expect({ route, status: answer.status, text: answer.text }).toMatchObject({ route, status });
  const { 'content-type': contentType } = answer.headers;
  const sent = { method, route, status: answer.status, contentType, payload: answer.text };
  expect(answerProblem(document, judge, sent)).toBeNull();
  // The same answer under a status that the route does not have, so that this could not pass unseen.
  expect(answerProblem(document, judge, { ...sent, status: 418 })).toContain('not in the document');
}

describe('a sign request', () => {
  const asks: readonly (Omit<Ask, 'method' | 'route'> & { readonly name: string })[] = [
    { name: 'signed', status: 200, body: vote },
    { name: 'signed, as text', status: 200, body: vote, headers: text },
    { name: 'malformed', status: 400, body: '{' },
    { name: 'malformed, as text', status: 400, body: '{', headers: text },
    { name: 'for no key', status: 400, body: vote, key: '0x12' },
    { name: 'for another key', status: 404, body: vote, key: bytes(48, 'a7') },
    { name: 'slashable', status: 412, body: attestation(54n, 53n, { slot: 53n * 8n }) },
    { name: 'from the future', status: 400, body: attestation(55n, 60n) },
    { name: 'of a web page', status: 403, body: vote, headers: { origin: 'https://example.com' } },
    { name: 'too large', status: 413, body: ' '.repeat(1024 * 1024 + 1) },
    { name: 'of another type', status: 415, body: vote, headers: { 'content-type': 'text/plain' } },
  ];
  it.each(asks)('$name is answered with $status, as documented', async (ask) => {
    await expectAsDocumented(await startSignerFixture(), { ...SIGN, ...ask });
  });

  const doors: readonly [number, readonly string[], string, number | null][] = [
    [401, [], 'nobody', null],
    [403, [], 'vc', null],
    [429, ['{ client: vc, actions: sign, allow: true }'], 'vc', 1],
  ];
  it.each(doors)('is answered with %i, as documented', async (status, rules, client, perSecond) => {
    const file = accessFileText(['vc'], rules);
    const limit = `\n    rate-limit: { per-second: ${perSecond}, burst: 1 }\nrules:`;
    const accessFile = writeAccessFile(perSecond === null ? file : file.replace('\nrules:', limit));
    const frontDoor: FrontDoorOptions = { accessFile, tls: null, rateLimit: null };
    const signer = await startSignerFixture({ frontDoor });
    const ask = { ...SIGN, status, body: vote, headers: bearer(client) };
    if (status === 429) await expectAsDocumented(signer, { ...ask, status: 200 });
    await expectAsDocumented(signer, ask);
    await expectAsDocumented(signer, { ...ask, headers: { ...text, ...bearer(client) } });
  });

  it('for many keys is answered key by key, as documented', async () => {
    const signer = await startSignerFixture({ keys: 2 });
    const [one, two] = signer.pubkeys;
    const frozen = { by: 'test', reason: 'test' };
    await signer.guard.operator.freeze([two!], frozen);
    const body = { identifiers: [one, two, bytes(48, 'a7'), 'nothing'], signing_request: vote };
    await expectAsDocumented(signer, { method: 'POST', route: '/api/v1/eth2/sign', status: 200, body });
  });

  it('is answered with 503 when nothing can be recorded, as documented', async () => {
    const signer = await startSignerFixture({ clockDoubt: () => 'the clock jumped' });
    await expectAsDocumented(signer, { ...SIGN, status: 503, body: vote });
    await expectAsDocumented(signer, { method: 'GET', route: '/healthcheck', status: 503 });
  });
});

describe('every other route', () => {
  const KEY = '/eth/v1/validator/:pubkey';
  const ACT = '/vigil/v1/keys';
  const act = { pubkeys: 'all', reason: 'test' };
  const batch = { identifiers: ['0x12', bytes(48, 'a7')], signing_request: vote };
  const none = { authorization: 'Bearer 0' };
  const LOOKUP = '/vigil/v1/history/lookup';
  const seen = lookup({ kind: 'block', pubkey: bytes(48, 'a7'), slot: '7', signing_root: bytes(32) });
  const asks: readonly Ask[] = [
    { method: 'POST', route: '/api/v1/eth2/sign', status: 200, body: batch },
    { method: 'POST', route: '/api/v1/eth2/sign', status: 400, body: { ...batch, signing_request: {} } },
    { method: 'GET', route: '/upcheck', status: 200 },
    { method: 'GET', route: '/upcheck', status: 200, headers: { accept: 'application/json' } },
    { method: 'GET', route: '/upcheck', status: 406, headers: { accept: 'image/png' } },
    { method: 'GET', route: '/healthcheck', status: 200 },
    { method: 'GET', route: '/openapi.json', status: 200 },
    { method: 'GET', route: '/api/v1/eth2/publicKeys', status: 200 },
    { method: 'GET', route: '/api/v1/eth2/publicKeys', status: 406, headers: { accept: 'text/plain' } },
    { method: 'GET', route: '/api/v1/eth2/highWatermark', status: 200 },
    { method: 'GET', route: '/reload', status: 200 },
    { method: 'POST', route: '/reload', status: 202 },
    { method: 'GET', route: '/eth/v1/keystores', status: 200 },
    { method: 'GET', route: '/eth/v1/keystores', status: 401, headers: none },
    { method: 'POST', route: '/eth/v1/keystores', status: 200, body: { keystores: ['{'], passwords: ['x'] } },
    { method: 'POST', route: '/eth/v1/keystores', status: 400, body: { keystores: [] } },
    { method: 'DELETE', route: '/eth/v1/keystores', status: 200, body: { pubkeys: [bytes(48), '0x'] } },
    { method: 'GET', route: '/eth/v1/remotekeys', status: 200 },
    { method: 'POST', route: '/eth/v1/remotekeys', status: 200, body: { remote_keys: [{ pubkey: '0x' }] } },
    { method: 'DELETE', route: '/eth/v1/remotekeys', status: 200, body: { pubkeys: ['0x'] } },
    { method: 'GET', route: `${KEY}/feerecipient`, status: 404 },
    { method: 'POST', route: `${KEY}/feerecipient`, status: 202, body: { ethaddress: bytes(20, 'Ab') } },
    { method: 'GET', route: `${KEY}/feerecipient`, status: 200 },
    { method: 'DELETE', route: `${KEY}/feerecipient`, status: 204 },
    { method: 'POST', route: `${KEY}/gas_limit`, status: 202, body: { gas_limit: '7' } },
    { method: 'GET', route: `${KEY}/gas_limit`, status: 200 },
    { method: 'POST', route: `${KEY}/gas_limit`, status: 400, body: { gas_limit: '0' } },
    { method: 'DELETE', route: `${KEY}/gas_limit`, status: 204 },
    { method: 'GET', route: `${KEY}/graffiti`, status: 501 },
    { method: 'POST', route: `${KEY}/graffiti`, status: 501 },
    { method: 'DELETE', route: `${KEY}/graffiti`, status: 501 },
    { method: 'POST', route: `${KEY}/voluntary_exit`, status: 501 },
    { method: 'POST', route: `${KEY}/voluntary_exit`, status: 404, key: bytes(48, 'a7') },
    { method: 'GET', route: `${ACT}/:identifier/explain`, status: 200 },
    { method: 'GET', route: `${ACT}/:identifier/explain`, status: 400, key: '0x12' },
    { method: 'POST', route: `${ACT}/freeze`, status: 200, body: act },
    { method: 'POST', route: `${ACT}/freeze`, status: 400, body: {} },
    { method: 'POST', route: `${ACT}/unfreeze`, status: 200, body: act },
    { method: 'POST', route: `${ACT}/handover`, status: 200, body: { ...act, out_epoch: '57' } },
    { method: 'POST', route: `${ACT}/takeover`, status: 400, body: { receipt: 'x', reason: 'test' } },
    { method: 'POST', route: `${ACT}/override-floor`, status: 400, body: act },
    { method: 'POST', route: LOOKUP, status: 200, body: seen },
    { method: 'POST', route: LOOKUP, status: 400, body: { ...seen, genesis_validators_root: bytes(32) } },
    { method: 'POST', route: LOOKUP, status: 401, body: seen, headers: none },
    { method: 'GET', route: '/signer/v1/get_pubkeys', status: 200 },
    { method: 'GET', route: '/signer/v1/get_pubkeys', status: 401, headers: none },
    { method: 'POST', route: '/signer/v1/generate_proxy_key', status: 400, body: { scheme: 'BLS' } },
    { method: 'POST', route: '/signer/v1/request_signature', status: 400, body: '{' },
  ];

  it('answers as documented', async () => {
    const signer = await startCommitBoostSigner();
    for (const ask of asks) await expectAsDocumented(signer, ask);
    const rest = { method: 'POST', headers: {} } as const;
    const proxy = { pubkey: signer.pubkey, scheme: 'ecdsa' };
    const signature = { type: 'consensus', pubkey: signer.pubkey, object_root: bytes(32) };
    await expectAsDocumented(signer, {
      ...{ ...rest, route: '/signer/v1/generate_proxy_key', status: 200, body: proxy },
    });
    await expectAsDocumented(signer, {
      ...{ ...rest, route: '/signer/v1/request_signature', status: 200, body: signature },
    });
    await expectAsDocumented(signer, {
      ...{ ...rest, route: '/signer/v1/request_signature', status: 404 },
      body: { ...signature, pubkey: bytes(48, 'a7') },
    });
  });

  it('is among those asked here', () => {
    const asked = new Set(asks.map(({ method, route }) => `${method.toLowerCase()} ${route}`));
    const documented = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    );
    expect(documented.filter((route) => !asked.has(route))).toEqual([`post ${SIGN.route}`]);
  });
});
