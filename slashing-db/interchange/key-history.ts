import { epoch, slot, type Epoch, type Root, type Slot } from '../../core/units.ts';
import { isSameKnownRoot, knownRoot } from '../rules/known-root.ts';
import type { Watermarks } from '../watermark.ts';

/**
 * The history of one key as a file tells it, folded into its maxima while it streams by; the order of the entries
 * and of the files does not matter. A root survives only while every entry at the maximum names the same one.
 */
export class KeyHistory {
  #slot: Slot | null = null;
  #blockRoot: Root | null = null;
  #source: Epoch | null = null;
  #target: Epoch | null = null;
  /** Source and root of the entry at the highest target. */
  #topSource: Epoch | null = null;
  #topRoot: Root | null = null;
  suspicious = 0;

  addBlock(at: bigint, signingRoot: Root | null): void {
    const root = knownRoot(signingRoot);
    if (this.#slot === null || at > this.#slot) {
      this.#slot = slot(at);
      this.#blockRoot = root;
    } else if (at === this.#slot && !isSameKnownRoot(root, this.#blockRoot)) {
      if (root !== null && this.#blockRoot !== null) this.suspicious += 1;
      this.#blockRoot = null;
    }
  }

  addAttestation(source: bigint, target: bigint, signingRoot: Root | null): void {
    if (source > target) this.suspicious += 1;
    this.#foldSource(source);
    this.#foldTop(source, target, knownRoot(signingRoot));
  }

  /** Adds what another part of the file says of the same key: the same pubkey listed twice, in any letter case. */
  absorb(other: KeyHistory): void {
    if (other.#slot !== null) this.addBlock(other.#slot, other.#blockRoot);
    if (other.#source !== null) this.#foldSource(other.#source);
    if (other.#topSource !== null && other.#target !== null) {
      this.#foldTop(other.#topSource, other.#target, other.#topRoot);
    }
    this.suspicious += other.suspicious;
  }

  watermarks(): Watermarks {
    return {
      block: this.#slot === null ? null : { slot: this.#slot, signingRoot: this.#blockRoot },
      attestation:
        this.#source === null || this.#target === null
          ? null
          : {
              source: this.#source,
              target: this.#target,
              signingRoot: this.#source === this.#topSource ? this.#topRoot : null,
            },
    };
  }

  #foldSource(source: bigint): void {
    if (this.#source === null || source > this.#source) this.#source = epoch(source);
  }

  #foldTop(source: bigint, target: bigint, root: Root | null): void {
    if (this.#target === null || target > this.#target) {
      this.#target = epoch(target);
      this.#topSource = epoch(source);
      this.#topRoot = root;
    } else if (
      target === this.#target &&
      !(source === this.#topSource && isSameKnownRoot(root, this.#topRoot))
    ) {
      if (source !== this.#topSource || (root !== null && this.#topRoot !== null)) this.suspicious += 1;
      this.#topRoot = null;
    }
  }
}
