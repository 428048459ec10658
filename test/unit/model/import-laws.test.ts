import { expect, it } from 'vitest';
import { guardsWithout } from '../../model/guards.ts';
import { fold } from '../../model/import-model.ts';
import { NO_MARKS, voteCode, type Code, type Marks } from '../../model/messages.ts';
import { mergeMarks } from '../../model/rules.ts';

/** I8 without sampling: every watermark against every file of one or two entries, epochs 0 to 2, two roots or none. */
const EPOCHS = [0, 1, 2];
const ENTRIES = EPOCHS.flatMap((source) =>
  EPOCHS.flatMap((target) => ['a', 'b', null].map((root) => voteCode(source, target, root))),
);
const MARKS: readonly Marks[] = [NO_MARKS, ...ENTRIES.map((vote) => ({ vote, block: null }))];

const all = guardsWithout();
const imported = (marks: Marks, ...files: (readonly Code[])[]): Marks =>
  files.reduce((now, file) => mergeMarks(now, fold(all, file)), marks);

/** All pairs of entries against all watermarks, as one comparison: so many single expectations would take minutes. */
function offenders(holds: (marks: Marks, one: Code, other: Code) => boolean): string[] {
  return MARKS.flatMap((marks) =>
    ENTRIES.flatMap((one) =>
      ENTRIES.filter((other) => !holds(marks, one, other)).map(
        (other) => `${marks.vote} <- ${one}, ${other}`,
      ),
    ),
  );
}

const same = (a: Marks, b: Marks) => a.vote === b.vote && a.block === b.block;

it('the order of two files does not matter', () => {
  expect(
    offenders((m, one, other) => same(imported(m, [one], [other]), imported(m, [other], [one]))),
  ).toEqual([]);
});

it('two files are as good as one with the entries of both', () => {
  const bare = (m: Marks) => m.vote?.slice(0, -1);
  // The root of what a file of two entries says may be forgotten earlier, never later.
  expect(
    offenders((m, one, other) => bare(imported(m, [one], [other])) === bare(imported(m, [one, other]))),
  ).toEqual([]);
});

it('a file imported again changes nothing', () => {
  expect(
    offenders((m, one, other) => {
      const once = imported(m, [one, other]);
      return same(once, imported(once, [one, other]));
    }),
  ).toEqual([]);
});
