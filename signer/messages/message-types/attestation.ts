import { DOMAIN_BEACON_ATTESTER, MAX_COMMITTEES_PER_SLOT } from '@lodestar/params';
import { ssz } from '@lodestar/types';
import { epochOfSlot, forkAtEpoch, type ChainSpec } from '../../../core/chain/chain-spec.ts';
import { isAtLeast } from '../../../core/chain/fork.ts';
import { epoch, slot, type Epoch } from '../../../core/units.ts';
import { signerError } from '../../errors.ts';
import { decodeAndHash } from '../decode/decoded-root.ts';
import type { MessageDefinition } from '../message-definition.ts';

export const attestation = {
  type: 'ATTESTATION',
  payloadKey: 'attestation',
  read(payload, path, { spec }) {
    const { value: data, root } = decodeAndHash(ssz.phase0.AttestationDataBigint, payload, path);
    const source = epoch(data.source.epoch);
    const target = epoch(data.target.epoch);
    const slotEpoch = epochOfSlot(spec, slot(data.slot));
    if (target !== slotEpoch) {
      throw inconsistent(`${path}.target.epoch is ${target}, ${path}.slot is in epoch ${slotEpoch}`);
    }
    // A source after the target is left to the guard, whose refusal is recorded. Equal ones would pass its rules,
    // yet only the votes of the very first epoch are made like that.
    if (source === target && target !== 0n) {
      throw inconsistent(`${path}.source.epoch and ${path}.target.epoch are both ${target}`);
    }
    checkIndex(data.index, path, target, spec);
    return {
      objectRoot: root,
      domain: { kind: 'fork', type: DOMAIN_BEACON_ATTESTER, epoch: target },
      guarded: (signingRoot) => ({ kind: 'attestation', source, target, signingRoot }),
    };
  },
} as const satisfies MessageDefinition;

/** `data.index`: the committee before Electra, always 0 since EIP-7549, and since Gloas the payload status. */
function checkIndex(index: bigint, path: string, at: Epoch, spec: ChainSpec): void {
  const { name } = forkAtEpoch(spec, at);
  const max = isAtLeast(name, 'gloas')
    ? 1n
    : isAtLeast(name, 'electra')
      ? 0n
      : BigInt(MAX_COMMITTEES_PER_SLOT - 1);
  if (index > max) throw inconsistent(`${path}.index is ${index}, in ${name} it is at most ${max}`);
}

const inconsistent = (what: string): Error => signerError('ATTESTATION_INCONSISTENT', what);
