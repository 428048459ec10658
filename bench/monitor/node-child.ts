import { forkNamed } from '../../core/chain/chain-spec.ts';
import { loadChainSpec } from '../../core/chain/load-chain-spec.ts';
import { builtinConfig } from '../../monitor/risk/builtin-config.ts';
import { answerParent } from '../support/child.ts';
import type { BenchNode, Traffic } from './network/beacon-node.ts';
import type { Chain } from './network/chain.ts';

/** Child process: a beacon node of a network of its own, which goes on when it is told to. */

export type NodeQuestion =
  | { readonly kind: 'start'; readonly network: string; readonly validators: number; readonly epochs: number }
  /** Makes the next block. */
  | { readonly kind: 'prepare' }
  /** Has it for head, and tells so. */
  | { readonly kind: 'advance' }
  | { readonly kind: 'traffic' };

export interface NodeStarted {
  readonly url: string;
  readonly headSlot: number;
}

export interface NodeTraffic extends Traffic {
  readonly unanswered: readonly string[];
}

/** Past the days of the fork; in the morning of one on both networks, so that no midnight falls into a short run. */
const EPOCHS_INTO_FORK = 1000;

let running: { readonly chain: Chain; readonly node: BenchNode } | null = null;

answerParent(async (asked) => {
  const question = asked as NodeQuestion;
  if (question.kind === 'start') return start(question);
  if (running === null) throw new Error('the node was not started');
  const { chain, node } = running;
  switch (question.kind) {
    case 'prepare':
      chain.prepare();
      return;
    case 'advance':
      chain.advance();
      node.announce();
      return;
    case 'traffic':
      return { ...node.traffic, unanswered: node.unanswered } satisfies NodeTraffic;
  }
});

async function start({
  network,
  validators,
  epochs,
}: NodeQuestion & { readonly kind: 'start' }): Promise<NodeStarted> {
  const spec = await loadChainSpec(network);
  // Loaded only after the preset was chosen.
  const { Chain } = await import('./network/chain.ts');
  const { BenchNode } = await import('./network/beacon-node.ts');
  const fulu = forkNamed(spec, 'fulu');
  if (fulu === undefined) throw new Error(`${network} has no Fulu`);
  const first = Number(fulu.epoch) + EPOCHS_INTO_FORK;
  const chain = new Chain(spec, validators, first);
  while (chain.headEpoch < first + epochs) chain.advance();
  const node = new BenchNode(chain, await builtinConfig(network));
  running = { chain, node };
  return { url: await node.listen(), headSlot: chain.head.slot };
}
