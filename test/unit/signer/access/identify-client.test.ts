import { describe, expect, it } from 'vitest';
import { identifyClient } from '../../../../signer/access/identify-client.ts';
import { parseAccessPolicy } from '../../../../signer/access/parse-access-policy.ts';
import { bearer, digestOf, tokenOf } from '../../../support/access-fixture.ts';

const { clients } = parseAccessPolicy(
  `clients:
  - { name: by-token, token-sha256: ${digestOf('by-token')} }
  - { name: by-name, certificate: { common-name: vc-1 } }
  - { name: by-print, certificate: { fingerprint-sha256: ${'ab'.repeat(32)} } }
  - { name: by-both, token-sha256: ${digestOf('by-both')}, certificate: { common-name: vc-2 } }
rules: []
`,
  'access.yaml',
);
const certificate = (commonName: string | null, byte = '00') => ({
  commonName,
  fingerprintSha256: byte.repeat(32),
});
const identify = (headers: { authorization?: string }, peer: ReturnType<typeof certificate> | null = null) =>
  identifyClient(clients, headers, peer);

describe('a stranger', () => {
  it.each<[string, { authorization?: string }, ReturnType<typeof certificate> | null, RegExp]>([
    ['shows nothing', {}, null, /neither/],
    ['has a token of nobody', bearer('nobody'), null, /token is that of no client/],
    [
      'has the digest instead of the token',
      { authorization: `Bearer ${digestOf('by-token')}` },
      null,
      /no client/,
    ],
    ['has a part of a token', { authorization: `Bearer ${tokenOf('by-token').slice(1)}` }, null, /no client/],
    [
      'has the token under another scheme',
      { authorization: `Basic ${tokenOf('by-token')}` },
      null,
      /neither/,
    ],
    ['has a certificate of nobody', {}, certificate('vc-3'), /certificate is that of no client/],
    ['has a name that begins like one', {}, certificate('vc-10'), /certificate is that of no client/],
    ['has a certificate without a single name', {}, certificate(null), /certificate is that of no client/],
    ['has one of two credentials: the token', bearer('by-both'), null, /both/],
    ['has one of two credentials: the certificate', {}, certificate('vc-2'), /both/],
    ['is two clients at once', bearer('by-token'), certificate('vc-1'), /more than one/],
    ['is two clients by one certificate', {}, certificate('vc-1', 'ab'), /more than one/],
  ])('%s', (_what, headers, peer, why) => {
    expect(identify(headers, peer)).toEqual({ kind: 'stranger', why: expect.stringMatching(why) as string });
  });
});

describe('a client', () => {
  it.each<[string, { authorization?: string }, ReturnType<typeof certificate> | null]>([
    ['by-token', bearer('by-token'), null],
    ['by-token', bearer('by-token'), certificate('unheard-of')],
    ['by-name', {}, certificate('vc-1')],
    ['by-print', {}, certificate('anything', 'ab')],
    ['by-both', bearer('by-both'), certificate('vc-2')],
  ])('is %s', (name, headers, peer) => {
    expect(identify(headers, peer)).toEqual({ kind: 'client', name });
  });
});
