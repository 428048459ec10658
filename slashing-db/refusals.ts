/**
 * Every reason for which the guard withholds a signature. A refusal is a value, not an exception: the reason is
 * the metric label, the log field and the `code` of the HTTP answer; `signer/http/refusal-status.ts` gives it
 * its status code.
 */
export const REFUSALS = {
  DOUBLE_PROPOSAL: {
    summary: 'another block was already signed for this slot',
    hint: 'Two validator clients may be running with this key. Stop one before doing anything else.',
  },
  BLOCK_NOT_ABOVE_WATERMARK: {
    summary:
      'the block is not above the watermark: a block for this or a later slot may have been signed already',
    hint: 'A late request, or a key that came in without history and is silent until the next epoch: nothing to do. If it goes on, the client works on an old head.',
  },
  DOUBLE_VOTE: {
    summary: 'another attestation was already signed for this target epoch',
    hint: 'Two validator clients may be running with this key. Stop one before doing anything else.',
  },
  SURROUND_VOTE: {
    summary: 'the attestation would surround one that was already signed: its source is older',
    hint: 'The beacon node may follow another chain than before. Check that it is synced and finalising.',
  },
  TARGET_NOT_ABOVE_WATERMARK: {
    summary:
      'the target is not above the watermark: a later attestation could surround this one, or equal its target',
    hint: 'A late request, or a key that came in without history and is silent until the next epoch: nothing to do. If it goes on, the client works on an old head.',
  },
  SOURCE_AFTER_TARGET: {
    summary: 'the source epoch of the attestation is after its target epoch',
    hint: 'No honest client makes such a vote. Check the validator client and its beacon node.',
  },
  IN_THE_FUTURE: {
    summary: 'the message is for a slot or epoch that has not begun',
    hint: 'Compare the clocks of this machine and of the validator client; check --genesis-time.',
  },
  OUT_OF_RANGE: {
    summary: 'the slot or epoch is too large to be stored',
    hint: 'No honest client makes such a message. Check the validator client.',
  },
  MISSING_HISTORY: {
    summary: 'nothing is known of what this key signed before',
    hint: 'Import its slashing protection with `vigil slashing-db import FILE`, or start with --on-missing-history floor.',
  },
  KEY_NOT_ADMITTED: {
    summary: 'this key was never admitted to the slashing database',
    hint: 'Import the key with `vigil keys import`.',
  },
  KEY_DELETED: {
    summary: 'this key was deleted from this signer',
    hint: 'If it must sign here again, make sure it signs nowhere else, then import it with its slashing protection.',
  },
  KEY_FROZEN: {
    summary: 'this key is frozen',
    hint: 'Find out why (`vigil audit show --key PUBKEY`), then `vigil keys unfreeze PUBKEY --reason TEXT`.',
  },
  ALL_FROZEN: {
    summary: 'all keys of this signer are frozen',
    hint: 'Find out why (`vigil audit show --type freeze`), then `vigil keys unfreeze --all --reason TEXT`.',
  },
  KEY_HANDED_OVER: {
    summary: 'this key was handed over to another signer',
    hint: 'Point the validator client at that signer. To bring the key back, hand it over there and take it over here.',
  },
  BELOW_BOOT_FLOOR: {
    summary: 'what was signed until this epoch is not known for certain, so it is left out',
    hint: 'Nothing to do: the key signs again with the next epoch.',
  },
  SOURCE_BELOW_BOOT_FLOOR: {
    summary:
      'the source of the vote is older than the boot floor: the chain does not finalise, or the client is behind',
    hint: 'Wait for the chain to justify a newer epoch. If this key certainly never voted with a later source: `vigil keys override-floor`.',
  },
  DOPPELGANGER_WATCH: {
    summary: 'the key is silent while it is watched for a second signer',
    hint: 'Nothing to do: it signs when the watch has seen nothing. `--doppelganger-epochs 0` turns the watch off.',
  },
  CLOCK_UNTRUSTED: {
    summary: 'the clock of this machine cannot be trusted',
    hint: 'Check time synchronisation (chronyc tracking) here and on the beacon node. If an earlier clock was wrong and this one is right: `vigil slashing-db accept-clock`.',
  },
  GUARD_UNAVAILABLE: {
    summary: 'the slashing database cannot record anything',
    hint: 'See the log. A database on a server is found again without anybody; after an error of the disk mend it and restart the signer.',
  },
} as const satisfies Record<string, { summary: string; hint: string }>;

export type RefusalReason = keyof typeof REFUSALS;

export interface Refusal {
  readonly kind: 'refused';
  readonly reason: RefusalReason;
  /** One sentence with the numbers: what was asked, what stands against it. */
  readonly detail: string;
  /** What clients are told instead, where the detail is for operators alone. */
  readonly told?: string;
}

export function refuse(reason: RefusalReason, detail: string = REFUSALS[reason].summary): Refusal {
  return { kind: 'refused', reason, detail };
}
