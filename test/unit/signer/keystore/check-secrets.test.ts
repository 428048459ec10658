import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateSecretKey } from '../../../../signer/keystore/bls-keys.ts';
import {
  throwOnHeaps,
  wrongSecrets,
  type ClaimedSecret,
} from '../../../../signer/keystore/cache/check-secrets.ts';

const claim = (): ClaimedSecret => {
  const secretKey = generateSecretKey();
  const pubkey = secretKey.toPublicKey();
  return { secret: secretKey.toBytes(), pubkey: pubkey.toBytes(), point: pubkey.toBytes(false) };
};
const many = Array.from({ length: 300 }, claim);
const ORDER = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n;
const asBytes = (value: bigint): Uint8Array => Buffer.from(value.toString(16).padStart(64, '0'), 'hex');
const asNumber = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);

const replaced = (changes: Record<number, Partial<ClaimedSecret>>): ClaimedSecret[] =>
  many.map((one, index) => ({ ...one, ...changes[index] }));

const claim2 = { secret: claim().secret };

describe('wrongSecrets', () => {
  it('finds a single secret of another key, among few and among many', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(299), fc.boolean(), async (at, few) => {
        const all = few ? replaced({ [at]: claim2 }).slice(at, at + 3) : replaced({ [at]: claim2 });
        const wrong = await wrongSecrets(all);
        expect(wrong).toEqual([all[few ? 0 : at]]);
      }),
      { numRuns: 10 },
    );
  });

  it('finds two that were swapped, which leaves the sum of all as it was', async () => {
    const [one, two] = [many[3]!, many[150]!];
    const swapped = replaced({ 3: { secret: two.secret }, 150: { secret: one.secret } });
    expect(await wrongSecrets(swapped)).toEqual([swapped[3], swapped[150]]);
  });

  it('finds one too high beside one too low', async () => {
    const high = asBytes((asNumber(many[0]!.secret) + 1n) % ORDER);
    const low = asBytes((asNumber(many[1]!.secret) + ORDER - 1n) % ORDER);
    const shifted = replaced({ 0: { secret: high }, 1: { secret: low } });
    expect(await wrongSecrets(shifted)).toEqual([shifted[0], shifted[1]]);
  });

  it('finds a zero, and a public key that goes with a secret but not with its own compressed form', async () => {
    const other = claim();
    const all = replaced({
      7: { secret: new Uint8Array(32) },
      8: { secret: other.secret, point: other.point },
    });
    expect(await wrongSecrets(all)).toEqual([all[7], all[8]]);
  });

  it('finds a number that is no key although it stands for the right one', async () => {
    const all = replaced({ 9: { secret: asBytes(asNumber(many[9]!.secret) + ORDER) } });
    expect(await wrongSecrets(all)).toEqual([all[9]]);
  });

  it('does not trust the uncompressed form where it is nonsense', async () => {
    const all = replaced({ 5: { point: new Uint8Array(96) } });
    expect(await wrongSecrets(all)).toEqual([]);
  });

  it('believes heaps that were thrown ahead only of the very same public keys', async () => {
    const heaps = await throwOnHeaps(many);
    expect(heaps?.claims).toBe(many);
    expect(await wrongSecrets(many, heaps)).toEqual([]);
    const wrong = replaced({ 42: claim2 });
    expect(await wrongSecrets(wrong, heaps)).toEqual([wrong[42]]);
    const [one, two] = [many[3]!, many[150]!];
    const swapped = replaced({ 3: { secret: two.secret }, 150: { secret: one.secret } });
    expect(await wrongSecrets(swapped, heaps)).toEqual([swapped[3], swapped[150]]);
    // The heaps would speak for the secret of another key than that of the claim.
    const stranger = claim();
    const others = replaced({ 7: stranger });
    const ofOthers = await throwOnHeaps(others);
    const lies = replaced({ 7: { secret: stranger.secret } });
    expect(await wrongSecrets(lies, ofOthers)).toEqual([lies[7]]);
    expect(await wrongSecrets(many.slice(0, 280), heaps)).toEqual([]);
  });

  it('throws no heaps of few keys, of a key that is not what it says, or when it is told to stop', async () => {
    expect(await throwOnHeaps(many.slice(0, 10))).toBeNull();
    expect(await throwOnHeaps(replaced({ 5: { point: new Uint8Array(96) } }))).toBeNull();
    expect(await throwOnHeaps(replaced({ 5: { point: claim().point } }))).toBeNull();
    expect(await throwOnHeaps(many, AbortSignal.abort())).toBeNull();
  });

  it('has nothing against right ones', async () => {
    expect(await wrongSecrets(many)).toEqual([]);
    expect(await wrongSecrets(many.slice(0, 5))).toEqual([]);
    expect(await wrongSecrets([])).toEqual([]);
  });
});
