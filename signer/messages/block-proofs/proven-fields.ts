import { ssz } from '@lodestar/types';
import { isAtLeast, type ForkName } from '../../../core/chain/fork.ts';

/** The fields of a block body of which a client can send a proof. Graffiti is known only because clients prove it. */
export type ProvenField = 'fee_recipient' | 'gas_limit' | 'graffiti';

/** Where the fields are in a block body of a fork, by generalized index. A fork without execution has none. */
export function provenFields(fork: ForkName): ReadonlyMap<bigint, ProvenField> {
  return FIELDS[fork];
}

const inPayload = (field: string): string[] => ['executionPayload', field];
/** Since EIP-7732 the block has only the bid for its payload, which pays the fees to the recipient it names. */
const inBid = (field: string): string[] => ['signedExecutionPayloadBid', 'message', field];

type Body = { getPathInfo(path: string[]): { gindex: bigint } };

function fieldsOf(fork: ForkName, body: Body): ReadonlyMap<bigint, ProvenField> {
  const place = isAtLeast(fork, 'gloas') ? inBid : inPayload;
  const paths: [ProvenField, string[]][] = [
    ['fee_recipient', place('feeRecipient')],
    ['gas_limit', place('gasLimit')],
    ['graffiti', ['graffiti']],
  ];
  return new Map(paths.map(([field, path]) => [body.getPathInfo(path).gindex, field]));
}

const FIELDS: Readonly<Record<ForkName, ReadonlyMap<bigint, ProvenField>>> = {
  phase0: new Map(),
  altair: new Map(),
  bellatrix: fieldsOf('bellatrix', ssz.bellatrix.BeaconBlockBody),
  capella: fieldsOf('capella', ssz.capella.BeaconBlockBody),
  deneb: fieldsOf('deneb', ssz.deneb.BeaconBlockBody),
  electra: fieldsOf('electra', ssz.electra.BeaconBlockBody),
  fulu: fieldsOf('fulu', ssz.fulu.BeaconBlockBody),
  gloas: fieldsOf('gloas', ssz.gloas.BeaconBlockBody),
  heze: fieldsOf('heze', ssz.heze.BeaconBlockBody),
};
