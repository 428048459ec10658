/**
 * The anatomy of every error Vigil raises on purpose: a stable code, what happened, what the operator does
 * next, and the cause. Each room keeps one catalogue of its codes (`<room>/errors.ts`), and
 * `docs/errors.md` is checked against all of them.
 */

/** What a catalogue says about one code. `exit` is the process exit code when the error ends a command. */
export interface ErrorEntry {
  readonly summary: string;
  readonly hint: string;
  /** 1 failure, 2 usage, 3 refused for safety. Default 1. */
  readonly exit?: 1 | 2 | 3;
}

export type ErrorCatalogue = Readonly<Record<string, ErrorEntry>>;

export class VigilError extends Error {
  override readonly name = 'VigilError';
  readonly code: string;
  readonly hint: string;
  readonly exitCode: 1 | 2 | 3;

  constructor(code: string, message: string, hint: string, exitCode: 1 | 2 | 3, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint;
    this.exitCode = exitCode;
  }
}

/**
 * Builds a room's error factory from its catalogue.
 * @returns a function `(code, message?, cause?)` that makes the typed error; without a message the summary is used.
 */
export function errorFactory<C extends ErrorCatalogue>(catalogue: C) {
  return (code: keyof C & string, message?: string, cause?: unknown): VigilError => {
    const entry = catalogue[code];
    if (entry === undefined) throw new Error(`error code ${code} is not in its catalogue`, { cause });
    return new VigilError(code, message ?? entry.summary, entry.hint, entry.exit ?? 1, cause);
  };
}

/** True when `error` is Vigil's own and, if codes are given, carries one of them. */
export function isVigilError(error: unknown, ...codes: string[]): error is VigilError {
  return error instanceof VigilError && (codes.length === 0 || codes.includes(error.code));
}
