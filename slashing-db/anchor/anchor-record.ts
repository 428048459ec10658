import { createHash } from 'node:crypto';
import { z } from 'zod';
import { epoch, parseRoot, slot, type Epoch, type Root, type Slot } from '../../core/units.ts';
import type { ChainHead } from '../history/hash-chain.ts';

/** How far a database has come: what two copies of it disagree about. */
export interface StorageMark {
  readonly databaseId: string;
  /** Times it was opened. */
  readonly generation: bigint;
  /** Commits ever made. */
  readonly sequence: bigint;
  readonly history: ChainHead;
  /** The last history record that retention removed. */
  readonly historyBase: bigint;
}

/** The highest of every part of any message that a database knows of, over all keys. */
export interface HighestKnown {
  readonly slot: Slot;
  readonly source: Epoch;
  readonly target: Epoch;
}

/** What is kept outside the database to tell later that it has gone back in time. */
export interface AnchorRecord extends StorageMark {
  readonly highest: HighestKnown;
  /** The last commit that held an act on keys (freeze, hand-over, deletion), which no floor makes up for; 0: none. */
  readonly lastAct: bigint;
  /** The boot of the machine it was written in; null where the system does not tell. */
  readonly bootId: string | null;
  /** Written as the last word of a process that stopped in order, and on the disk. */
  readonly closed: boolean;
}

const decimal = z.string().regex(/^(0|[1-9]\d{0,19})$/);
const shape = z.strictObject({
  version: z.literal(1),
  database_id: z.string().max(64),
  generation: decimal,
  sequence: decimal,
  history_index: decimal,
  history_head: z.string(),
  history_base: decimal,
  last_act: decimal,
  highest_slot: decimal,
  highest_source: decimal,
  highest_target: decimal,
  boot_id: z.string().max(64).nullable(),
  closed: z.boolean(),
});

/** One line of JSON with its SHA-256 in front, so that a line half written is seen to be none. */
export function encodeAnchor(record: AnchorRecord): string {
  const body = JSON.stringify({
    version: 1,
    database_id: record.databaseId,
    generation: record.generation.toString(),
    sequence: record.sequence.toString(),
    history_index: record.history.index.toString(),
    history_head: record.history.hash,
    history_base: record.historyBase.toString(),
    last_act: record.lastAct.toString(),
    highest_slot: record.highest.slot.toString(),
    highest_source: record.highest.source.toString(),
    highest_target: record.highest.target.toString(),
    boot_id: record.bootId,
    closed: record.closed,
  } satisfies z.infer<typeof shape>);
  return `${digest(body)} ${body}`;
}

/** Null for anything but a whole line of {@link encodeAnchor}. */
export function decodeAnchor(line: string): AnchorRecord | null {
  const space = line.indexOf(' ');
  const body = line.slice(space + 1);
  if (space < 0 || digest(body) !== line.slice(0, space)) return null;
  const { success, data } = shape.safeParse(JSON.parse(body));
  if (!success) return null;
  const history: { index: bigint; hash: Root } = {
    index: BigInt(data.history_index),
    hash: parseRoot(data.history_head, 'history_head'),
  };
  return {
    databaseId: data.database_id,
    generation: BigInt(data.generation),
    sequence: BigInt(data.sequence),
    history,
    historyBase: BigInt(data.history_base),
    lastAct: BigInt(data.last_act),
    highest: {
      slot: slot(BigInt(data.highest_slot)),
      source: epoch(BigInt(data.highest_source)),
      target: epoch(BigInt(data.highest_target)),
    },
    bootId: data.boot_id,
    closed: data.closed,
  };
}

const digest = (body: string): string => createHash('sha256').update(body).digest('hex');
