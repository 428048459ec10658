/** From nothing to do, to what keeps Vigil from signing or makes signing unsafe. */
export const GRADES = ['good', 'note', 'warning', 'fault'] as const;

export type Grade = (typeof GRADES)[number];

/** What one look found, and what to do about it; nothing is to be done about what is good. */
export interface Finding {
  readonly grade: Grade;
  readonly found: string;
  readonly mend: string | null;
}

export const good = (found: string): Finding => ({ grade: 'good', found, mend: null });
/** Worth knowing; nothing has to be done. */
export const note = (found: string, mend: string | null = null): Finding => ({ grade: 'note', found, mend });
export const warning = (found: string, mend: string): Finding => ({ grade: 'warning', found, mend });
export const fault = (found: string, mend: string): Finding => ({ grade: 'fault', found, mend });

export function worstGrade(findings: readonly Finding[]): Grade {
  const worst = Math.max(0, ...findings.map(({ grade }) => GRADES.indexOf(grade)));
  return GRADES[worst] ?? 'good';
}

/** As for every command: 1 is a failure, 3 is what is unsafe. */
export const exitCodeOf = (grade: Grade): 0 | 1 | 3 => (grade === 'fault' ? 3 : grade === 'warning' ? 1 : 0);
