import { LineCounter, parseAllDocuments, type YAMLError } from 'yaml';

/**
 * The documents of a YAML text, empty ones left out. Every scalar stays text: an unquoted 0x… of a private key would
 * otherwise become a number, and a wrong one.
 * @throws Error with line and kind of the first mistake and nothing of the text, which may hold a key or a password
 */
export function parseYamlDocuments(text: string): unknown[] {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { schema: 'failsafe', prettyErrors: false, lineCounter: lines });
  const documents = Array.isArray(parsed) ? parsed : [];
  const [problem] = documents.flatMap(({ errors }) => errors);
  if (problem !== undefined) throw new Error(described(problem, lines));
  return documents.map((document) => document.toJS() as unknown).filter((value) => !isEmpty(value));
}

function described(problem: YAMLError, lines: LineCounter): string {
  return `is not YAML: ${problem.code} in line ${lines.linePos(problem.pos[0]).line}`;
}

/** What stands between two separators, or behind the last one. */
const isEmpty = (value: unknown): boolean => value === null || value === '';

export const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
