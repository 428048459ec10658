import { epochOfSlot, forkAtEpoch } from '../../core/chain/chain-spec.ts';
import { epoch, slot as slotOf } from '../../core/units.ts';
import { forkInfoAt, NETWORK } from './signer-network.ts';

/** Sign requests for the network of the tests, as a client posts them, ready to be spoiled. */

/** Stands in every root that a request sends and that no refusal is about: an answer must not give it back. */
export const CANARY = `0x${'ca'.repeat(32)}`;

export const bytes = (length: number, fill = '11'): string => `0x${fill.repeat(length)}`;

export interface AttestationOptions {
  readonly head?: string;
  readonly index?: string;
  /** Default: the first slot of the target epoch. */
  readonly slot?: bigint;
}

export const attestationData = (source: bigint, target: bigint, options: AttestationOptions = {}) => ({
  slot: (options.slot ?? target * NETWORK.slotsPerEpoch).toString(),
  index: options.index ?? '0',
  beacon_block_root: options.head ?? CANARY,
  source: { epoch: source.toString(), root: CANARY },
  target: { epoch: target.toString(), root: CANARY },
});

export const attestation = (source: bigint, target: bigint, options: AttestationOptions = {}) => ({
  type: 'ATTESTATION',
  fork_info: forkInfoAt(target),
  attestation: attestationData(source, target, options),
});

export function block(slot: bigint, bodyRoot = CANARY, proposer = '7') {
  const at = epochOfSlot(NETWORK, slotOf(slot));
  return {
    type: 'BLOCK_V2',
    fork_info: forkInfoAt(at),
    beacon_block: {
      version: forkAtEpoch(NETWORK, epoch(at)).name.toUpperCase(),
      block_header: {
        slot: slot.toString(),
        proposer_index: proposer,
        parent_root: CANARY,
        state_root: CANARY,
        body_root: bodyRoot,
      },
    },
  };
}

/** A full phase0 block, without operations. */
export const phase0Block = (slot: bigint, graffiti = bytes(32)) => ({
  slot: slot.toString(),
  proposer_index: '7',
  parent_root: CANARY,
  state_root: CANARY,
  body: {
    randao_reveal: bytes(96),
    eth1_data: { deposit_root: CANARY, deposit_count: '1', block_hash: CANARY },
    graffiti,
    proposer_slashings: [],
    attester_slashings: [],
    attestations: [],
    deposits: [],
    voluntary_exits: [],
  },
});

export const fullBlock = (slot: bigint, graffiti?: string) => ({
  type: 'BLOCK',
  fork_info: forkInfoAt(slot / NETWORK.slotsPerEpoch),
  block: phase0Block(slot, graffiti),
});

export const fullBlockV2 = (slot: bigint, graffiti?: string) => ({
  type: 'BLOCK_V2',
  fork_info: forkInfoAt(slot / NETWORK.slotsPerEpoch),
  beacon_block: { version: 'PHASE0', block: phase0Block(slot, graffiti) },
});

export const randaoReveal = (at: bigint) => ({
  type: 'RANDAO_REVEAL',
  fork_info: forkInfoAt(at),
  randao_reveal: { epoch: at.toString() },
});

export const aggregationSlot = (slot: bigint) => ({
  type: 'AGGREGATION_SLOT',
  fork_info: forkInfoAt(slot / NETWORK.slotsPerEpoch),
  aggregation_slot: { slot: slot.toString() },
});

export const voluntaryExit = (at: bigint) => ({
  type: 'VOLUNTARY_EXIT',
  fork_info: forkInfoAt(at),
  voluntary_exit: { epoch: at.toString(), validator_index: '3' },
});

export const deposit = (genesisForkVersion: string) => ({
  type: 'DEPOSIT',
  deposit: {
    pubkey: bytes(48),
    withdrawal_credentials: bytes(32),
    amount: '32000000000',
    genesis_fork_version: genesisForkVersion,
  },
});

export const validatorRegistration = (feeRecipient: string, pubkey = bytes(48)) => ({
  type: 'VALIDATOR_REGISTRATION',
  validator_registration: {
    fee_recipient: feeRecipient,
    gas_limit: '60000000',
    timestamp: '1600000000',
    pubkey,
  },
});

type Member = string | number | boolean | null | undefined | object;

/** A copy with the value at a path such as `attestation.source.epoch` replaced, or removed by `undefined`. */
export function spoiled(body: object, path: string, value: Member): object {
  const copy = structuredClone(body) as Record<string, Member>;
  const keys = path.split('.');
  const last = keys.pop()!;
  const owner = keys.reduce((object, key) => object[key] as Record<string, Member>, copy);
  if (value === undefined && !Object.hasOwn(owner, last)) throw new Error(`${path} is not there to remove`);
  if (value === undefined) Reflect.deleteProperty(owner, last);
  else owner[last] = value;
  return copy;
}

/** A question to the history, each message with the fork version of its epoch. */
export const lookup = (...messages: readonly Readonly<Record<string, unknown>>[]) => ({
  genesis_validators_root: NETWORK.genesisValidatorsRoot as string,
  messages: messages.map((message) => {
    const { slot, target_epoch: target } = message as { slot?: string; target_epoch?: string };
    const at = slot === undefined ? epoch(BigInt(target ?? 0)) : epochOfSlot(NETWORK, slotOf(BigInt(slot)));
    return { fork_version: forkInfoAt(at).fork.current_version, ...message };
  }),
});
