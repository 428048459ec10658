import type { Epoch } from '../../core/units.ts';

/** How the domain of a message is made: which fork version and genesis validators root are mixed in. */
export type DomainRule = ForkDomain | PinnedDomain | GenesisDomain;

/** `get_domain`: the version of the fork in force at the epoch of the message. Needs `fork_info`. */
export interface ForkDomain {
  readonly kind: 'fork';
  /** 4 bytes, a `DOMAIN_*` constant of the consensus specs. */
  readonly type: Uint8Array;
  readonly epoch: Epoch;
}

/** The version of a fork that need not be the one in force at the epoch. Needs `fork_info`. */
export interface PinnedDomain {
  readonly kind: 'pinned';
  readonly type: Uint8Array;
  readonly epoch: Epoch;
  readonly version: Uint8Array;
}

/** `compute_domain` with its defaults: genesis fork version and zero root, alike before and after genesis. */
export interface GenesisDomain {
  readonly kind: 'genesis';
  readonly type: Uint8Array;
  /** With the genesis validators root in place of the zero root, so that it is valid on this network only. */
  readonly bound?: true;
}
