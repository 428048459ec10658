import ts from 'typescript';

/** One bug, injected by replacing a text that occurs exactly once in a file. */
export interface Mutant {
  readonly name: string;
  /** From the root of the repository. */
  readonly file: string;
  readonly search: string;
  readonly replace: string;
  /** It is of no account over any other storage, though the code runs there too. */
  readonly only?: StorageKind;
}

/** What a bug can be tried over: the parameter that the tests of the guard run by. */
export type StorageKind = 'sqlite' | 'postgres';

/** Builds the mutants of one file: name, what to look for, what to put there. */
export function mutantsOf(
  file: string,
  ...mutations: (readonly [name: string, search: string, replace: string])[]
): Mutant[] {
  return mutations.map(([name, search, replace]) => ({ name, file, search, replace }));
}

/** A server may be anywhere: what these bugs are about is a file on this machine. */
export const ofFiles = (mutants: readonly Mutant[]): Mutant[] =>
  mutants.map((mutant) => ({ ...mutant, only: 'sqlite' }));

/** @throws Error unless the search text occurs exactly once and TypeScript comes out */
export function mutate(source: string, { name, file, search, replace }: Mutant): string {
  const parts = source.split(search);
  if (parts.length !== 2) {
    throw new Error(
      `mutant "${name}": its search text occurs ${parts.length - 1} times in ${file}, not once`,
    );
  }
  const mutated = parts.join(replace);
  // Code that does not even load would be "found" by every test.
  const [syntaxError] = ts.transpileModule(mutated, { reportDiagnostics: true }).diagnostics ?? [];
  if (syntaxError !== undefined) {
    throw new Error(`mutant "${name}": ${ts.flattenDiagnosticMessageText(syntaxError.messageText, ' ')}`);
  }
  return mutated;
}
