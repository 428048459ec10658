import type { Examined } from './examine.ts';
import { worstGrade, type Grade } from './finding.ts';

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
export function describeExamination(examined: readonly Examined[]): string[] {
  const lines = examined.flatMap(({ check, findings }) => [
    '',
    check,
    ...findings.flatMap(({ grade, found, mend }) => [
      `  ${MARKS[grade].padEnd(8)} ${found}`,
      ...(mend === null ? [] : [`           -> ${mend}`]),
    ]),
  ]);
  const grade = worstGrade(examined.flatMap(({ findings }) => findings));
  return [...lines.slice(1), '', SUMMARIES[grade]];
}
