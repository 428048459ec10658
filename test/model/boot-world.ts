import { parsed, type Code, type Marks } from './messages.ts';

/** `lying power`: a power loss that takes commits with it that the disk said were safe. */
export type Disaster =
  'put back' | 'put back with anchor' | 'anchor lost' | 'honest power' | 'lying power' | 'clock';

export interface BootBounds {
  readonly messages: readonly Code[];
  readonly lastSlot: number;
  /** Disasters, all kinds together; kills are free. */
  readonly faults: number;
  readonly kinds: readonly Disaster[];
  /** Signatures that are let out at most. */
  readonly releases: number;
  readonly floorAtEveryStart: boolean;
}

/** [slot, source, target] */
export type Three = readonly [number, number, number];

export interface Database {
  readonly marks: Marks;
  readonly generation: number;
  readonly sequence: number;
  readonly latestSlot: number;
  readonly floor: Three | null;
  readonly owed: boolean;
  /** The boot in which it was last open; null if it never was. */
  readonly boot: number | null;
  readonly clean: boolean;
}

export interface Anchor {
  readonly generation: number;
  readonly sequence: number;
  readonly highest: Three;
}

export interface Process {
  readonly stage: 'opened' | 'serving';
  readonly doubt: boolean;
  /** What the anchor knew when the rollback was accepted. */
  readonly remembered: Three | null;
  readonly floorInMemory: Three | null;
  readonly pending: { readonly code: Code; readonly stage: 'committed' | 'anchored' } | null;
}

export interface World {
  readonly now: number;
  /** Ghost: the latest slot in which anything was signed. */
  readonly signedAt: number;
  readonly boot: number;
  readonly db: Database;
  readonly anchor: Anchor | null;
  readonly process: Process | null;
  /** Every state of the database since it was last left in order: what a lying disk may fall back to. */
  readonly run: readonly Database[];
  readonly anchorAtOpen: Anchor | null;
  readonly copy: { readonly db: Database; readonly anchor: Anchor | null } | null;
  readonly released: readonly Code[];
  readonly faults: number;
}

export function highestOf({ vote, block }: Marks): Three {
  const v = vote === null ? null : parsed(vote);
  const b = block === null ? null : parsed(block);
  return [
    b?.kind === 'block' ? b.slot : 0,
    v?.kind === 'attestation' ? v.source : 0,
    v?.kind === 'attestation' ? v.target : 0,
  ];
}

export const highest = (a: Three, b: Three): Three => [
  Math.max(a[0], b[0]),
  Math.max(a[1], b[1]),
  Math.max(a[2], b[2]),
];

export const remembersAll = (known: Three | null, released: readonly Code[]): boolean =>
  released.every((code) => {
    if (known === null) return false;
    const it = parsed(code);
    return it.kind === 'block' ? it.slot <= known[0] : it.source <= known[1] && it.target <= known[2];
  });

/** What the anchor remembers beyond the database stays in it until a floor covers it. */
export function anchorOf(db: Database, before: Anchor | null, remembered: Three | null): Anchor {
  const own = db.floor === null ? highestOf(db.marks) : highest(highestOf(db.marks), db.floor);
  const { generation, sequence } = db;
  if (remembered === null && !db.owed) return { generation, sequence, highest: own };
  return { generation, sequence, highest: highest(own, before?.highest ?? own) };
}

/** Of images that differ in nothing but their age the newest is the hardest to tell. */
export function withImage(run: readonly Database[], db: Database): readonly Database[] {
  const same = (old: Database) =>
    old.marks.vote === db.marks.vote &&
    old.marks.block === db.marks.block &&
    old.latestSlot === db.latestSlot &&
    old.owed === db.owed &&
    old.boot === db.boot &&
    old.clean === db.clean &&
    JSON.stringify(old.floor) === JSON.stringify(db.floor);
  return [...run.filter((old) => !same(old)), db];
}
