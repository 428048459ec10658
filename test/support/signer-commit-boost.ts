import { createPublicKey, ECDH, verify } from 'node:crypto';
import { join } from 'node:path';
import { call } from './signer-call.ts';
import type { Answer } from './signer-client.ts';
import { startSignerFixture, type SignerFixture, type SignerFixtureOptions } from './signer-fixture.ts';
import { NETWORK } from './signer-network.ts';
import { bytes, container, hash, signingRootOf, bytesOfHex } from './ssz-oracle.ts';

const DOMAIN_TYPE = '0x6d6d6f43';
const GENESIS_FORK_VERSION = '0x000000f0';
const ZERO_ROOT = `0x${'00'.repeat(32)}`;

/** Where the proxy keys of a test's signer are. */
export const proxyKeystoresIn = (dataDir: string): string => join(dataDir, 'proxy-keys');

/** A signer with Commit-Boost's API; its proxy keys are in its data directory. */
export async function startCommitBoostSigner(options: SignerFixtureOptions = {}): Promise<SignerFixture> {
  if (options.dataDir !== undefined) {
    return startSignerFixture({ ...options, proxyKeystores: proxyKeystoresIn(options.dataDir) });
  }
  const first = await startSignerFixture(options);
  await first.close();
  const { dataDir } = first;
  const second = await startSignerFixture({
    ...options,
    dataDir,
    keys: 0,
    proxyKeystores: proxyKeystoresIn(dataDir),
  });
  return { ...second, pubkey: first.pubkey, pubkeys: first.pubkeys };
}

export interface SignedDelegation {
  readonly message: { readonly delegator: string; readonly proxy: string };
  readonly signature: string;
}

export interface KeyMap {
  readonly consensus: string;
  readonly proxy_bls: string[];
  readonly proxy_ecdsa: string[];
}

export const getPubkeys = async (signer: SignerFixture): Promise<KeyMap[]> =>
  (JSON.parse((await call(signer, 'GET', '/signer/v1/get_pubkeys')).text) as { keys: KeyMap[] }).keys;

export const generate = (signer: SignerFixture, body: unknown): Promise<Answer> =>
  call(signer, 'POST', '/signer/v1/generate_proxy_key', body);

export const requestSignature = (signer: SignerFixture, body: unknown): Promise<Answer> =>
  call(signer, 'POST', '/signer/v1/request_signature', body);

export async function newProxy(signer: SignerFixture, scheme: string): Promise<SignedDelegation> {
  const answer = await generate(signer, { pubkey: signer.pubkey, scheme });
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  return JSON.parse(answer.text) as SignedDelegation;
}

/** What a signature over an object root has to verify for, computed apart from the signer. */
export const objectSigningRoot = (objectRoot: string): string =>
  signingRootOf(bytesOfHex(objectRoot), DOMAIN_TYPE, GENESIS_FORK_VERSION, ZERO_ROOT);

export const delegationRoot = (message: SignedDelegation['message']): string =>
  signingRootOf(
    container({ delegator: bytes(48), proxy: bytes(message.proxy.length / 2 - 1) }).root({ ...message }),
    DOMAIN_TYPE,
    GENESIS_FORK_VERSION,
    ZERO_ROOT,
  );

/** By OpenSSL, which hashes the two halves itself: so the signature is over the root and not over its digest. */
export function ecdsaVerifies(pubkey: string, objectRoot: string, signature: string): boolean {
  const version = new Uint8Array(32);
  version.set(bytesOfHex(GENESIS_FORK_VERSION));
  const forkDataRoot = hash(version, new Uint8Array(32));
  const domain = [...bytesOfHex(DOMAIN_TYPE), ...forkDataRoot.slice(0, 28)];
  const signed = Uint8Array.from([...bytesOfHex(objectRoot), ...domain]);
  const point = ECDH.convertKey(bytesOfHex(pubkey), 'secp256k1', undefined, 'hex', 'uncompressed') as string;
  const base64url = (hex: string): string => Buffer.from(hex, 'hex').toString('base64url');
  const [x, y] = [base64url(point.slice(2, 66)), base64url(point.slice(66))];
  const key = createPublicKey({ key: { kty: 'EC', crv: 'secp256k1', x, y }, format: 'jwk' });
  return verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, bytesOfHex(signature));
}

if (NETWORK.forks[0]?.version[3] !== 0xf0)
  throw new Error('the network of the tests has another genesis fork');
