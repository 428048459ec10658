import { startSlotOfEpoch } from '../../core/chain/chain-spec.ts';
import { epoch } from '../../core/units.ts';
import type { Floor, KeyStatus } from '../../slashing-db/index.ts';
import type { ExplainSources } from './explain-sources.ts';
import type { ExplainSection, PresentRefusal } from './explanation.ts';
import { guardRefusal } from './state-section.ts';

/** What the key signed last, what lies below it, and what may come next. */
export function watermarkSection(sources: ExplainSources): ExplainSection {
  return (pubkey) => {
    const status = sources.statusOf(pubkey);
    const { floor, floorOwed } = sources.protection();
    const { block, attestation, signedTarget, sourceOverride } = status;
    const next = nextOf(status, floor);
    return {
      id: 'watermark',
      entries: {
        highest_block: block === null ? null : `slot ${block.slot}`,
        highest_attestation: attestation === null ? null : `${attestation.source} -> ${attestation.target}`,
        signed_here_up_to_epoch: signedTarget?.toString() ?? null,
        boot_floor:
          floor === null ? null : `slot ${floor.slot}, attestation ${floor.source} -> ${floor.target}`,
        boot_floor_due: floorOwed,
        floor_overridden_to_source: sourceOverride?.toString() ?? null,
        next_block: `slot ${next.slot} or later`,
        next_attestation: `source ${next.source} or later, target ${next.target} or later`,
      },
      refusals: refusalsOf(sources, status, floor),
    };
  };
}

/** The lowest that is new to the guard; what was signed last may be signed again besides. */
function nextOf({ block, attestation, sourceOverride }: KeyStatus, floor: Floor | null) {
  const floorSource = floor === null ? 0n : (sourceOverride ?? floor.source);
  const target = highest(attestation?.target, floor?.target);
  return {
    slot: highest(block?.slot, floor?.slot) + 1n,
    source: highest(attestation?.source, floorSource),
    target: target + 1n,
  };
}

/**
 * Only what keeps the key from its present duties: that the vote of this epoch cannot be followed by another is the
 * guard at its ordinary work.
 */
function refusalsOf(sources: ExplainSources, status: KeyStatus, floor: Floor | null): PresentRefusal[] {
  const { clock, spec } = sources;
  const [slot, now] = [clock.currentSlot(), clock.currentEpoch()];
  const { block, attestation, signedTarget } = status;
  const from = (at: bigint): string =>
    `Nothing: wait for epoch ${at} (slot ${startSlotOfEpoch(spec, epoch(at))}).`;
  const refusals: PresentRefusal[] = [];
  if (floor !== null && floor.slot >= slot) {
    const why = `blocks up to slot ${floor.slot} are below the boot floor`;
    refusals.push({ ...guardRefusal('blocks', 'BELOW_BOOT_FLOOR', why) });
  }
  if (floor !== null && floor.target >= now) {
    const why = `targets up to epoch ${floor.target} are below the boot floor`;
    refusals.push({
      ...guardRefusal('attestations', 'BELOW_BOOT_FLOOR', why),
      needed: from(floor.target + 1n),
    });
  }
  if (block !== null && block.slot > slot) {
    const why = `the watermark is at slot ${block.slot}, now is slot ${slot}`;
    refusals.push(guardRefusal('blocks', 'BLOCK_NOT_ABOVE_WATERMARK', why));
  }
  if (attestation !== null && attestation.target >= now && attestation.target !== signedTarget) {
    const why = `the watermark is at epoch ${attestation.target}, raised by an import or a floor and not by a vote`;
    const refusal = guardRefusal('attestations', 'TARGET_NOT_ABOVE_WATERMARK', why);
    refusals.push({ ...refusal, needed: from(attestation.target + 1n) });
  }
  return refusals;
}

/** As if everything were signed below slot and epoch 0: -1, so that the next one is 0. */
function highest(...values: readonly (bigint | undefined)[]): bigint {
  return values.reduce<bigint>((most, value) => (value !== undefined && value > most ? value : most), -1n);
}
