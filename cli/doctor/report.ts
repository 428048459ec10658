import type { Examined } from './examine.ts';
import type { Grade } from './finding.ts';

const MARKS: Readonly<Record<Grade, string>> = {
  good: 'ok',
  note: 'note',
  warning: 'WARNING',
  fault: 'FAULT',
};

const SUMMARIES: Readonly<Record<Grade, string>> = {
  good: 'Nothing to mend.',
  note: 'Nothing has to be mended.',
  warning: 'There are warnings.',
  fault: 'There are faults: Vigil would not sign, or would not be safe.',
};

/** Lines for people: what was found, and indented below it what to do. */
export const describeCheck = ({ check, findings }: Examined): string[] => [
  check,
  ...findings.flatMap(({ grade, found, mend }) => [
    `  ${MARKS[grade].padEnd(8)} ${found}`,
    ...(mend === null ? [] : [`           -> ${mend}`]),
  ]),
  '',
];

export const describeGrade = (grade: Grade): string => SUMMARIES[grade];
