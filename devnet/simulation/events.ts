import type { altair, electra, phase0 } from '@lodestar/types';

/** What a node tells its listeners, before it is put in the API's words. */
export interface SimulationEvents {
  readonly head: { readonly root: string; readonly epochTransition: boolean };
  readonly block: { readonly root: string };
  readonly finalized_checkpoint: { readonly epoch: number; readonly root: string };
  readonly chain_reorg: {
    readonly oldHead: string;
    readonly newHead: string;
    /** Slots from the common ancestor to the old head. */
    readonly depth: number;
  };
  readonly single_attestation: electra.SingleAttestation;
  readonly attestation: electra.Attestation;
  readonly contribution_and_proof: altair.SignedContributionAndProof;
  readonly voluntary_exit: phase0.SignedVoluntaryExit;
  readonly proposer_slashing: phase0.ProposerSlashing;
  readonly attester_slashing: electra.AttesterSlashing;
}
export type EventName = keyof SimulationEvents;
export type Listener = <Name extends EventName>(name: Name, event: SimulationEvents[Name]) => void;

/** Calls listeners at once and in order, so that a run is the same every time. */
export class EventBus {
  readonly #listeners = new Set<Listener>();

  emit<Name extends EventName>(name: Name, event: SimulationEvents[Name]): void {
    for (const listener of this.#listeners) listener(name, event);
  }

  /** @returns a function that ends it */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
