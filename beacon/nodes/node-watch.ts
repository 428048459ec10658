import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import type { Genesis } from '../../core/chain/config-values.ts';
import { configSpec, genesis } from '../endpoints/network.ts';
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
  #otherNetwork: string | null = null;

  /** @param probation how often a node must be fit before it is used like any other; a new one is on no probation */
  constructor(client: NodeClient, probation: number) {
    this.client = client;
    this.#facts = { network: 'unknown', sync: null, failuresInRow: 0, fitInRow: probation };
  }

  get facts(): NodeFacts {
    return this.#facts;
  }

  /** Which network the node is of and which is ours, while the two are not the same. */
  get otherNetwork(): string | null {
    return this.#otherNetwork;
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
    if (same) this.#otherNetwork = null;
    else {
      const seen = nameNetwork(await this.#configName(signal), data);
      this.#otherNetwork = `it is of ${seen}, expected is ${nameNetwork(spec.name, spec)}`;
    }
    return same ? 'ours' : 'other';
  }

  /** For people; what tells networks apart is the root, which every node has. */
  async #configName(signal: AbortSignal): Promise<string | null> {
    try {
      return (await this.client.ask(configSpec(), signal)).data['CONFIG_NAME'] ?? null;
    } catch {
      return null;
    }
  }
}

const nameNetwork = (name: string | null, { genesisValidatorsRoot, genesisTimeSeconds }: Genesis): string =>
  `${name === null ? 'a network' : name.slice(0, 40)} (genesis validators root ${genesisValidatorsRoot}, genesis at ${genesisTimeSeconds})`;
