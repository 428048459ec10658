import type { ForkName } from '../../core/chain/fork.ts';
import { toHex } from '../../core/hex.ts';

/** Import it after a chain spec was loaded: the SSZ types take their preset then. */
const { ssz } = await import('@lodestar/types');

/** What is set in a body; the rest has its default. */
export interface BodyContent {
  readonly feeRecipient: Uint8Array;
  readonly gasLimit: bigint;
  readonly graffiti: Uint8Array;
  readonly stateRoot: Uint8Array;
}

export type ProvenName = 'feeRecipient' | 'gasLimit' | 'graffiti';

interface Node {
  readonly left: Node;
  readonly right: Node;
  readonly root: Uint8Array;
}

interface BodyType {
  defaultValue(): Record<string, unknown>;
  toView(value: Record<string, unknown>): { readonly node: Node };
  hashTreeRoot(value: Record<string, unknown>): Uint8Array;
  getPathInfo(path: string[]): { readonly gindex: bigint };
}

export const FORKS_WITH_PAYLOAD = [
  'bellatrix',
  'capella',
  'deneb',
  'electra',
  'fulu',
  'gloas',
  'heze',
] as const satisfies readonly ForkName[];
export type ForkWithPayload = (typeof FORKS_WITH_PAYLOAD)[number];

export interface Proof {
  readonly index: string;
  readonly proof: string[];
  readonly value?: string;
}

/** A block body of a fork as a client has it: with its tree, from which it makes proofs. */
export class BlockBody {
  readonly #type: BodyType;
  readonly #value: Record<string, unknown>;
  readonly #path: readonly string[];

  constructor(fork: ForkWithPayload, { feeRecipient, gasLimit, graffiti, stateRoot }: BodyContent) {
    this.#type = ssz[fork].BeaconBlockBody;
    this.#value = { ...this.#type.defaultValue(), graffiti };
    this.#path =
      fork === 'gloas' || fork === 'heze' ? ['signedExecutionPayloadBid', 'message'] : ['executionPayload'];
    const payload = this.#path.reduce((object, key) => object[key] as Record<string, unknown>, this.#value);
    const bid = this.#path.length === 2;
    Object.assign(payload, { feeRecipient, gasLimit: bid ? gasLimit : Number(gasLimit) });
    Object.assign(payload, bid ? { blockHash: stateRoot } : { stateRoot });
  }

  get root(): string {
    return toHex(this.#type.hashTreeRoot(this.#value));
  }

  gindexOf(name: ProvenName): bigint {
    return this.#type.getPathInfo(name === 'graffiti' ? [name] : [...this.#path, name]).gindex;
  }

  /** The branch from a field up, read off the tree. */
  prove(name: ProvenName, value?: string): Proof {
    const gindex = this.gindexOf(name);
    const branch: string[] = [];
    let { node } = this.#type.toView(this.#value);
    for (const bit of gindex.toString(2).slice(1)) {
      branch.unshift(toHex(bit === '0' ? node.right.root : node.left.root));
      node = bit === '0' ? node.left : node.right;
    }
    return { index: gindex.toString(), proof: branch, ...(value === undefined ? {} : { value }) };
  }
}

/** A uint64 as SSZ. */
export function littleEndian(value: bigint): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return toHex(bytes);
}
