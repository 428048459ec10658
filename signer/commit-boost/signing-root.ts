import { ByteVectorType, ContainerType } from '@chainsafe/ssz';
import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import { computeDomain, computeSigningRoot, type Domain } from '../../core/chain/signing-root.ts';
import { fromHex } from '../../core/hex.ts';
import { bytesOf, ZERO_ROOT, type Pubkey, type Root } from '../../core/units.ts';
import { genesisForkVersion } from '../messages/resolve-domain.ts';

/**
 * The domain type of Commit-Boost. It differs from every domain type of the consensus specs and has the bit that they
 * reserve for applications (`DOMAIN_APPLICATION_MASK`), so whatever root a module sends, its signature is worth
 * nothing on the chain: nothing signed here can be slashed.
 * Source: `COMMIT_BOOST_DOMAIN` of commit-boost-client
 */
export const COMMIT_BOOST_DOMAIN_TYPE = Uint8Array.of(0x6d, 0x6d, 0x6f, 0x43);

/** An application domain: genesis fork version, zero genesis validators root, the same for ever. */
export function commitBoostDomain(spec: ChainSpec): Domain {
  return computeDomain(COMMIT_BOOST_DOMAIN_TYPE, genesisForkVersion(spec), ZERO_ROOT);
}

/** What is signed for the root that a module sends. */
export function commitBoostSigningRoot(objectRoot: Root, spec: ChainSpec): Root {
  return computeSigningRoot(bytesOf(objectRoot), commitBoostDomain(spec));
}

const PUBKEY_BYTES = 48;
/** By the length of the proxy's public key: a compressed BLS key or a compressed secp256k1 key. */
const delegationType = (proxyBytes: number) =>
  new ContainerType({ delegator: new ByteVectorType(PUBKEY_BYTES), proxy: new ByteVectorType(proxyBytes) });

/** What a consensus key signs to let a proxy key speak for it. */
export function delegationSigningRoot(delegator: Pubkey, proxy: string, spec: ChainSpec): Root {
  const value = { delegator: bytesOf(delegator), proxy: fromHex(proxy, 'proxy') };
  const root = delegationType(value.proxy.length).hashTreeRoot(value);
  return computeSigningRoot(root, commitBoostDomain(spec));
}
