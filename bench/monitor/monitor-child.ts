import { join } from 'node:path';
import { mock } from 'node:test';
import { loadChainSpec } from '../../core/chain/load-chain-spec.ts';
import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import { createLogger } from '../../core/log/logger.ts';
import type { MonitorState } from '../../monitor/model/monitor-state.ts';
import { answerParent } from '../support/child.ts';

/**
 * Child process: the monitor as `vigil monitor` runs it. Its clock and its intervals stand still until they are moved, so
 * that a slot's work is all there is in a slot, however fast the slots go by.
 */

export type MonitorQuestion =
  | {
      readonly kind: 'start';
      readonly network: string;
      readonly url: string;
      readonly folder: string;
      /** A file of indices. */
      readonly watch: string;
      readonly headSlot: number;
    }
  /** Settles when the timers of the new slot have had their round. */
  | { readonly kind: 'slot'; readonly slot: number }
  /** Settles when a round has seen the head, and written down what is final by it. */
  | { readonly kind: 'head'; readonly slot: number; readonly finalEpoch: number }
  | { readonly kind: 'usage' };

export interface MonitorUsage {
  readonly cpuSeconds: number;
  /** Peak since the start. */
  readonly rssMb: number;
}

/** Of the defaults of the settings. */
const RETENTION = { keepDetailEpochs: 20_250n, keepDays: 3660n };
const PER_VALIDATOR_METRICS = 64;

let spec: ChainSpec | null = null;
let last: MonitorState | null = null;
let rounds = 0;
let wake: () => void = () => undefined;

answerParent(async (asked) => {
  const question = asked as MonitorQuestion;
  switch (question.kind) {
    case 'start':
      return start(question);
    case 'slot': {
      const before = rounds;
      mock.timers.tick(timeOf(question.slot) - Date.now());
      await until(() => rounds > before);
      return;
    }
    case 'head': {
      const { slot, finalEpoch } = question;
      await until(
        ({ head, lastFinalEpoch }) =>
          head?.slot === BigInt(slot) && (lastFinalEpoch ?? -1n) >= BigInt(finalEpoch),
      );
      return;
    }
    case 'usage':
      return usage();
  }
});

async function start(question: MonitorQuestion & { readonly kind: 'start' }): Promise<void> {
  const { network, url, folder, watch, headSlot } = question;
  spec = await loadChainSpec(network);
  // Loaded only after the preset was chosen.
  const { startMonitor } = await import('../../monitor/daemon/start-monitor.ts');
  mock.timers.enable({ apis: ['setInterval', 'Date'], now: timeOf(headSlot) });
  await startMonitor({
    ...{ spec, beaconNodes: [url], dataDir: folder, databasePath: join(folder, 'monitor.sqlite') },
    watch: { words: [`file:${watch}`], file: null },
    ...{ ledgerDay: 'utc', retention: RETENTION, perValidatorMetrics: PER_VALIDATOR_METRICS },
    ...{ signers: [], executionNodes: [], relays: [], host: '127.0.0.1', port: 0 },
    log: createLogger('warn'),
    onRound(state) {
      last = state;
      rounds += 1;
      wake();
    },
  });
  await until(({ head }) => head?.slot === BigInt(headSlot));
}

/** Waits for a round that ends with what is asked for. */
async function until(holds: (state: MonitorState) => boolean): Promise<void> {
  while (last === null || !holds(last))
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
}

function timeOf(slot: number): number {
  if (spec === null) throw new Error('the monitor was not started');
  return Number(spec.genesisTimeSeconds) * 1000 + slot * spec.slotDurationMs;
}

function usage(): MonitorUsage {
  const { user, system } = process.cpuUsage();
  return { cpuSeconds: (user + system) / 1e6, rssMb: process.resourceUsage().maxRSS / 1024 };
}
