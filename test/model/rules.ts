import { checkAttestation } from '../../slashing-db/rules/check-attestation.ts';
import { checkBlock } from '../../slashing-db/rules/check-block.ts';
import { mergeAttestation, mergeBlock } from '../../slashing-db/rules/merge-watermarks.ts';
import { cached, codesOf, message, parsed, voteCode, watermarks, type Code, type Marks } from './messages.ts';
import type { Guards } from './guards.ts';

export type Judgement =
  | { readonly kind: 'advance'; readonly marks: Marks }
  | { readonly kind: 'repeat' }
  | { readonly kind: 'refused'; readonly reason: string };

/** The rules of the guard over codes: the code's own, with those taken out that the experiment removed. */
export interface Rules {
  readonly judge: (marks: Marks, code: Code) => Judgement;
  readonly merge: (ours: Marks, theirs: Marks) => Marks;
}

export function rulesWith(guards: Guards): Rules {
  const judgement = cached((key): Judgement => {
    const [vote, block, code] = key.split(' ') as [string, string, string];
    return judge(guards, { vote: vote || null, block: block || null }, code);
  });
  return {
    judge: ({ vote, block }, code) => judgement(`${vote ?? ''} ${block ?? ''} ${code}`),
    merge: mergeMarks,
  };
}

export function mergeMarks(ours: Marks, theirs: Marks): Marks {
  const [a, b] = [watermarks(ours), watermarks(theirs)];
  return codesOf({
    block: mergeBlock(a.block, b.block),
    attestation: mergeAttestation(a.attestation, b.attestation),
  });
}

function judge(guards: Guards, marks: Marks, code: Code): Judgement {
  const it = parsed(code);
  // Removed rules first: each lets through exactly what it alone would have stopped.
  if (it.kind === 'attestation') {
    const { source, target, root } = it;
    const past = marks.vote === null ? null : parsed(marks.vote);
    const at = past?.kind === 'attestation' ? past : null;
    if (
      !guards.missingRootEqualsNothing &&
      at?.root === null &&
      at.source === source &&
      at.target === target
    ) {
      return { kind: 'repeat' };
    }
    if (guards.sourceBelowTarget && source >= target && target > 0) {
      return { kind: 'refused', reason: 'SOURCE_NOT_BELOW_TARGET' };
    }
    const waived =
      (!guards.sourceBelowTarget &&
        source > target &&
        !(at !== null && (source < at.source || target <= at.target))) ||
      (!guards.sourceNeverFalls && at !== null && source < at.source && target > at.target) ||
      (!guards.targetAlwaysRises &&
        at !== null &&
        target <= at.target &&
        source >= at.source &&
        !same(at, it));
    if (waived) return { kind: 'advance', marks: { ...marks, vote: voteCode(source, target, root) } };
    if (!guards.equalSourceIsAllowed && at !== null && source === at.source && !same(at, it)) {
      return { kind: 'refused', reason: 'SURROUND_VOTE' };
    }
  }
  const known = watermarks(marks);
  const asked = message(code);
  const verdict =
    asked.kind === 'block' ? checkBlock(known.block, asked) : checkAttestation(known.attestation, asked);
  if (verdict.kind === 'refused') {
    if (it.kind === 'block' && !guards.slotAlwaysRises)
      return { kind: 'advance', marks: { ...marks, block: code } };
    return verdict;
  }
  if (verdict.kind === 'repeat') {
    return guards.repeatIsAllowed ? verdict : { kind: 'refused', reason: 'REPEATED' };
  }
  return {
    kind: 'advance',
    marks: it.kind === 'block' ? { ...marks, block: code } : { ...marks, vote: code },
  };
}

const same = (
  one: { source: number; target: number; root: string | null },
  other: { source: number; target: number; root: string | null },
): boolean => one.source === other.source && one.target === other.target && one.root === other.root;
