import { epoch, slot, type Root } from '../../core/units.ts';
import type { AttestationMessage, BlockMessage } from '../../slashing-db/message.ts';
import type { AttestationWatermark, BlockWatermark, Watermarks } from '../../slashing-db/watermark.ts';
import { isSlashableAttestationData, isSlashableProposal } from '../support/slashing-oracle.ts';

/**
 * Messages and watermarks as short codes, so that states are small and traces can be read: `1-2a` is a vote with
 * source 1, target 2 and root a; `#3b` is a block for slot 3 with root b; `-` in place of the root is "not known".
 */
export type Code = string;

export interface Marks {
  readonly vote: Code | null;
  readonly block: Code | null;
}

export const NO_MARKS: Marks = { vote: null, block: null };

export type Parsed =
  | {
      readonly kind: 'attestation';
      readonly source: number;
      readonly target: number;
      readonly root: string | null;
    }
  | { readonly kind: 'block'; readonly slot: number; readonly root: string | null };

export const parsed = cached((code: Code): Parsed => {
  const [, source, target, slotText, letter] = /^(?:(\d+)-(\d+)|#(\d+))([ab-])$/.exec(code) ?? [];
  const root = letter === '-' ? null : letter!;
  if (slotText !== undefined) return { kind: 'block', slot: Number(slotText), root };
  return { kind: 'attestation', source: Number(source), target: Number(target), root };
});

export const voteCode = (source: number, target: number, root: string | null): Code =>
  `${source}-${target}${root ?? '-'}`;
export const blockCode = (at: number, root: string | null): Code => `#${at}${root ?? '-'}`;

/** As the code of the guard takes it. */
export const message = cached((code: Code): AttestationMessage | BlockMessage => {
  const it = parsed(code);
  const signingRoot = rootOf(it.root)!;
  if (it.kind === 'block') return { kind: 'block', slot: slot(BigInt(it.slot)), signingRoot };
  return {
    kind: 'attestation',
    source: epoch(BigInt(it.source)),
    target: epoch(BigInt(it.target)),
    signingRoot,
  };
});

export const watermarks = (marks: Marks): Watermarks => ({
  block: marks.block === null ? null : blockMark(marks.block),
  attestation: marks.vote === null ? null : voteMark(marks.vote),
});

export function codesOf({ block, attestation }: Watermarks): Marks {
  return {
    block: block === null ? null : blockCode(Number(block.slot), letterOf(block.signingRoot)),
    vote:
      attestation === null
        ? null
        : voteCode(Number(attestation.source), Number(attestation.target), letterOf(attestation.signingRoot)),
  };
}

const blockMark = cached((code: Code): BlockWatermark => {
  const it = parsed(code) as Extract<Parsed, { kind: 'block' }>;
  return { slot: slot(BigInt(it.slot)), signingRoot: rootOf(it.root) };
});

const voteMark = cached((code: Code): AttestationWatermark => {
  const it = parsed(code) as Extract<Parsed, { kind: 'attestation' }>;
  return { source: epoch(BigInt(it.source)), target: epoch(BigInt(it.target)), signingRoot: rootOf(it.root) };
});

export const rootOf = (letter: string | null): Root | null =>
  letter === null ? null : (`0x${letter.repeat(64)}` as Root);
const letterOf = (root: Root | null): string | null => root?.at(2) ?? null;

export const show = cached((code: Code): string => {
  const it = parsed(code);
  const root = it.root === null ? 'of unknown root' : it.root;
  return it.kind === 'block' ? `block ${it.slot} ${root}` : `vote ${it.source}->${it.target} ${root}`;
});

/** Would these two, of one key, get it slashed? The oracle looks at the messages, not at watermarks. */
export function slashable(one: Code, other: Code): boolean {
  return slashablePair(one < other ? `${one} ${other}` : `${other} ${one}`);
}

const slashablePair = cached((pair: string): boolean => {
  const [one, other] = pair.split(' ').map(parsed) as [Parsed, Parsed];
  if (one.kind === 'block') {
    return other.kind === 'block' && isSlashableProposal(...([one, other].map(proposal) as [Seen, Seen]));
  }
  if (other.kind === 'block') return false;
  const votes = [one, other].map((v) => ({
    source: BigInt(v.source),
    target: BigInt(v.target),
    root: hex(v.root),
  }));
  return isSlashableAttestationData(votes[0]!, votes[1]!) || isSlashableAttestationData(votes[1]!, votes[0]!);
});

type Seen = { slot: bigint; root: string | null };
const proposal = (it: Parsed): Seen => ({
  slot: BigInt((it as Extract<Parsed, { kind: 'block' }>).slot),
  root: hex(it.root),
});
const hex = (letter: string | null): string | null => (letter === null ? null : `0x${letter}`);

/** Do these watermarks stand at or above this message in every part? */
export function covers(marks: Marks, code: Code): boolean {
  const it = parsed(code);
  const mark = it.kind === 'block' ? marks.block : marks.vote;
  if (mark === null) return false;
  const at = parsed(mark);
  if (it.kind === 'block') return at.kind === 'block' && it.slot <= at.slot;
  return at.kind === 'attestation' && it.source <= at.source && it.target <= at.target;
}

/** Is no part of `one` below the same part of `other`? */
export function atLeast(one: Marks, other: Marks): boolean {
  return [other.vote, other.block].every((code) => code === null || covers(one, code));
}

/** The first slashable pair among these, or null. */
export function conflict(codes: readonly Code[]): readonly [Code, Code] | null {
  for (const [i, one] of codes.entries()) {
    for (const other of codes.slice(i + 1)) if (slashable(one, other)) return [one, other];
  }
  return null;
}

/** With `code`, sorted: what was let out is a set. */
export const including = (codes: readonly Code[], code: Code): readonly Code[] =>
  codes.includes(code) ? codes : [...codes, code].sort();

/**
 * Roots are only names: b is worth asking for where a has been let out, and nowhere else does it behave
 * otherwise than a.
 */
export const worthAsking = (code: Code, released: readonly Code[]): boolean =>
  !code.endsWith('b') || released.includes(`${code.slice(0, -1)}a`);

export function cached<T>(compute: (code: string) => T): (code: string) => T {
  const known = new Map<string, T>();
  return (code) => {
    let value = known.get(code);
    if (value === undefined) known.set(code, (value = compute(code)));
    return value;
  };
}
