import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FORK_NAMES } from '../../../../core/chain/fork.ts';
import { computeDomain, computeSigningRoot } from '../../../../core/chain/signing-root.ts';
import { toHex } from '../../../../core/hex.ts';
import { pubkeyFromBytes, rootFromBytes } from '../../../../core/units.ts';
import { bytes, container, hexOf, signingRootOf } from '../../../support/ssz-oracle.ts';
import { spec, versionOf } from '../messages/successive-forks.ts';

// After the network, whose preset the SSZ types take when they are loaded.
const params = await import('@lodestar/params');
const { COMMIT_BOOST_DOMAIN_TYPE, commitBoostDomain, commitBoostSigningRoot, delegationSigningRoot } =
  await import('../../../../signer/commit-boost/signing-root.ts');

const TYPE = '0x6d6d6f43';
const ZERO_ROOT = `0x${'00'.repeat(32)}`;

/** Every domain type that the consensus and builder specs have a name for, so that a new one is here by itself. */
const SPEC_DOMAINS = Object.entries<unknown>(params).filter(
  (entry): entry is [string, Uint8Array] => entry[0].startsWith('DOMAIN_') && entry[1] instanceof Uint8Array,
);

const anyBytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const anyRoot = anyBytes(32).map(rootFromBytes);

describe('the domain of Commit-Boost', () => {
  it('has the type that its modules verify with', () => {
    expect(toHex(COMMIT_BOOST_DOMAIN_TYPE)).toBe(TYPE);
  });

  // From the tests of commit-boost-client: its root of 32 bytes 0x01 on Holesky.
  it('makes the signing root that Commit-Boost itself makes', () => {
    const holesky = {
      ...spec,
      forks: spec.forks.map((fork) =>
        fork.name === 'phase0' ? { ...fork, version: Uint8Array.of(1, 1, 0x70, 0) } : fork,
      ),
    };
    expect(commitBoostSigningRoot(rootFromBytes(new Uint8Array(32).fill(1)), holesky)).toBe(
      '0x219ca7a673b2cbbf67bec6c9f60f78bd051336d57b68d1540190f30667e86725',
    );
  });

  it('knows enough domains of the specs to mean something', () => {
    const names = SPEC_DOMAINS.map(([name]) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'DOMAIN_BEACON_PROPOSER',
        'DOMAIN_BEACON_ATTESTER',
        'DOMAIN_RANDAO',
        'DOMAIN_DEPOSIT',
        'DOMAIN_VOLUNTARY_EXIT',
        'DOMAIN_SELECTION_PROOF',
        'DOMAIN_AGGREGATE_AND_PROOF',
        'DOMAIN_SYNC_COMMITTEE',
        'DOMAIN_SYNC_COMMITTEE_SELECTION_PROOF',
        'DOMAIN_CONTRIBUTION_AND_PROOF',
        'DOMAIN_BLS_TO_EXECUTION_CHANGE',
        'DOMAIN_BEACON_BUILDER',
        'DOMAIN_PTC_ATTESTER',
        'DOMAIN_APPLICATION_BUILDER',
      ]),
    );
  });

  it.each(SPEC_DOMAINS)('is never that of %s, whatever fork and network', (_name, type) => {
    expect(toHex(type)).not.toBe(TYPE);
    fc.assert(
      fc.property(anyBytes(4), anyRoot, anyRoot, (version, genesisValidatorsRoot, objectRoot) => {
        const domain = computeDomain(type, version, genesisValidatorsRoot);
        // The type is the start of the domain and the domain half of what is hashed: nothing that follows mends it.
        expect(toHex(domain.subarray(0, 4))).not.toBe(toHex(commitBoostDomain(spec).subarray(0, 4)));
        const consensus = computeSigningRoot(Buffer.from(objectRoot.slice(2), 'hex'), domain);
        expect(commitBoostSigningRoot(objectRoot, spec)).not.toBe(consensus);
        // Nor by sending the finished signing root of a vote as the object.
        expect(commitBoostSigningRoot(consensus, spec)).not.toBe(consensus);
      }),
      { numRuns: 50 },
    );
  });

  it('is no consensus domain of any fork of this network', () => {
    const ours = toHex(commitBoostDomain(spec));
    for (const [, type] of SPEC_DOMAINS) {
      for (const { version } of spec.forks) {
        for (const root of [spec.genesisValidatorsRoot, rootFromBytes(new Uint8Array(32))]) {
          expect(toHex(computeDomain(type, version, root))).not.toBe(ours);
        }
      }
    }
    expect(spec.forks.map(({ name }) => name)).toEqual(FORK_NAMES);
  });

  it('carries the bit that the specs leave to applications', () => {
    const mask = params.DOMAIN_APPLICATION_MASK;
    expect(COMMIT_BOOST_DOMAIN_TYPE.some((byte, at) => (byte & mask[at]!) !== 0)).toBe(true);
  });

  it('uses the genesis fork and no genesis validators root', () => {
    fc.assert(
      fc.property(anyRoot, (objectRoot) => {
        const object = Uint8Array.from(Buffer.from(objectRoot.slice(2), 'hex'));
        const expected = signingRootOf(object, TYPE, versionOf('phase0'), ZERO_ROOT);
        expect(commitBoostSigningRoot(objectRoot, spec)).toBe(expected);
      }),
    );
  });
});

describe('what a delegation signs', () => {
  it.each([
    ['BLS', 48],
    ['ECDSA', 33],
  ])('is delegator and %s proxy, as SSZ says', (_scheme, length) => {
    const layout = container({ delegator: bytes(48), proxy: bytes(length) });
    fc.assert(
      fc.property(anyBytes(48), anyBytes(length), (delegator, proxy) => {
        const root = layout.root({ delegator: hexOf(delegator), proxy: hexOf(proxy) });
        expect(delegationSigningRoot(pubkeyFromBytes(delegator), toHex(proxy), spec)).toBe(
          signingRootOf(root, TYPE, versionOf('phase0'), ZERO_ROOT),
        );
      }),
    );
  });
});
