import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import { genesis } from '../endpoints/network.ts';
import { syncing } from '../endpoints/node-status.ts';
import type { FailureKind } from '../node/failure.ts';
import type { NodeClient } from '../node/node-client.ts';
import type { NodeFacts } from './judge-node.ts';

/** These say that the node is not there; the others say something of one question only. */
const ABSENT: readonly FailureKind[] = ['network', 'timeout', 'busy'];

/** Keeps what is known of one node. */
export class NodeWatch {
  readonly client: NodeClient;
  #facts: NodeFacts;

  /** @param probation how often a node must be fit before it is used like any other; a new one is on no probation */
  constructor(client: NodeClient, probation: number) {
    this.client = client;
    this.#facts = { network: 'unknown', sync: null, failuresInRow: 0, fitInRow: probation };
  }

  get facts(): NodeFacts {
    return this.#facts;
  }

  /** Asks the node for its network, unless that is known, and for its state. Never fails: silence is a fact too. */
  async check(spec: ChainSpec, timeoutMs: number, stopped: AbortSignal): Promise<void> {
    const { client } = this;
    const signal = AbortSignal.any([stopped, AbortSignal.timeout(timeoutMs)]);
    try {
      const network = this.#facts.network === 'ours' ? 'ours' : await this.#network(spec, signal);
      const { data: sync } = await client.ask(syncing(), signal);
      this.#facts = { ...this.#facts, network, sync, failuresInRow: 0 };
    } catch {
      // At the end of the process nothing is learnt; too late is as good as never.
      if (stopped.aborted) return;
      // Behind the same address there may be another node by the time it answers again.
      const failuresInRow = this.#facts.failuresInRow + 1;
      this.#facts = { network: 'unknown', sync: null, failuresInRow, fitInRow: 0 };
    }
  }

  /** What the check has found, all nodes compared. */
  judged(fit: boolean): void {
    this.#facts = { ...this.#facts, fitInRow: fit ? this.#facts.fitInRow + 1 : 0 };
  }

  answered(): void {
    if (this.#facts.failuresInRow > 0) this.#facts = { ...this.#facts, failuresInRow: 0 };
  }

  failed(kind: FailureKind): void {
    if (!ABSENT.includes(kind)) return;
    this.#facts = { ...this.#facts, failuresInRow: this.#facts.failuresInRow + 1, fitInRow: 0 };
  }

  /** An answer of the node was optimistic: so is its head, whatever the last check said. */
  sawOptimistic(): void {
    const { sync } = this.#facts;
    if (sync === null) return;
    this.#facts = { ...this.#facts, sync: { ...sync, isOptimistic: true }, fitInRow: 0 };
  }

  async #network(spec: ChainSpec, signal: AbortSignal): Promise<'ours' | 'other'> {
    const { data } = await this.client.ask(genesis(), signal);
    const same =
      data.genesisValidatorsRoot === spec.genesisValidatorsRoot &&
      data.genesisTimeSeconds === spec.genesisTimeSeconds;
    return same ? 'ours' : 'other';
  }
}
