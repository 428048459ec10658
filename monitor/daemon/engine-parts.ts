import type { BeaconNodes } from '../../beacon/index.ts';
import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import type { ConfigValues } from '../../core/chain/config-values.ts';
import type { Logger } from '../../core/log/logger.ts';
import { parseUint64 } from '../../core/uint64.ts';
import { BlockShelf } from '../engine/block-shelf.ts';
import type { UnitSources } from '../engine/collect-unit.ts';
import { RecordMaker } from '../engine/record-maker.ts';
import { openPayments } from './open-payments.ts';
import {
  AskAgain,
  ExecutionIncome,
  ExecutionNode,
  ExecutionNodes,
  paymentsOf,
  Relay,
  Relays,
} from '../execution/index.ts';
import { parseCalendar, rewardRules } from '../ledger/index.ts';
import { openStore, type MonitorStore } from '../store/index.ts';
import { SyncCommittees } from '../sync-committees/index.ts';

export interface EngineParts {
  readonly nodes: BeaconNodes;
  readonly store: MonitorStore;
  readonly sources: UnitSources & { readonly shelf: BlockShelf };
  readonly records: RecordMaker;
  /** Null where no source is configured that could know more another time. */
  readonly askAgain: AskAgain | null;
}

export interface PartsOptions {
  readonly nodes: BeaconNodes;
  readonly spec: ChainSpec;
  /** `/eth/v1/config/spec` of the network. */
  readonly values: ConfigValues;
  readonly ledgerDay: string;
  readonly databasePath: string;
  readonly executionNodes?: readonly string[];
  readonly relays?: readonly string[];
  /** Where blocks of the watched pay, besides the addresses that their withdrawals go to. */
  readonly feeRecipients?: readonly string[];
  readonly log: Logger;
}

/** What writes down final epochs, for the monitor as for a backfill. @throws what opening the database throws */
export function engineParts({
  nodes,
  spec,
  values,
  ledgerDay,
  databasePath,
  executionNodes = [],
  relays = [],
  feeRecipients = [],
  log,
}: PartsOptions): EngineParts {
  const calendar = parseCalendar(ledgerDay, spec);
  const rules = rewardRules(values, spec);
  const store = openStore({
    path: databasePath,
    chain: {
      network: spec.name,
      chainId: parseUint64(values['DEPOSIT_CHAIN_ID'] ?? '0', 'DEPOSIT_CHAIN_ID'),
      genesisValidatorsRoot: spec.genesisValidatorsRoot,
      genesisTimeSeconds: spec.genesisTimeSeconds,
      slotDurationMs: BigInt(spec.slotDurationMs),
      slotsPerEpoch: spec.slotsPerEpoch,
      ledgerDay: calendar.name,
    },
  });
  const income = new ExecutionIncome({
    nodes: new ExecutionNodes(executionNodes.map((url) => new ExecutionNode(url))),
    relays: new Relays(relays.map((url) => new Relay(url))),
    log,
  });
  const anySource = executionNodes.length + relays.length > 0;
  return {
    ...{ nodes, store },
    askAgain: anySource ? new AskAgain(openPayments(nodes, spec, store), income, feeRecipients) : null,
    sources: {
      ...{ nodes, spec, calendar },
      shelf: new BlockShelf(nodes, spec),
      committees: new SyncCommittees(nodes, spec),
    },
    records: new RecordMaker({
      ...{ nodes, spec, rules, calendar, log },
      paymentsOf: paymentsOf(income, feeRecipients),
    }),
  };
}
