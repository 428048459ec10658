import { createHash } from 'node:crypto';
import { json } from '../outputs/json.ts';
import type { OutputFile } from '../outputs/output-context.ts';

/** A short digest of every line of what went in: so that a change later can be named by its line. */
export const INPUT_LINES = 'input-lines.json';

export function inputLines(inputs: readonly OutputFile[]): OutputFile {
  return {
    name: INPUT_LINES,
    text: json(Object.fromEntries(inputs.map(({ name, text }) => [name, text.split('\n').map(digestOf)]))),
  };
}

/** Says which line of an input was changed, in words; empty when the digests do not tell. */
export function changedLine(name: string, text: string, digests: readonly string[]): string {
  const lines = text.split('\n');
  const at = Array.from({ length: Math.max(lines.length, digests.length) }).findIndex((_, index) => {
    const line = lines[index];
    return line === undefined || digestOf(line) !== digests[index];
  });
  if (at < 0) return '';
  const number = `${name}:${at + 1}`;
  const line = lines[at];
  if (line === undefined || (line === '' && at === lines.length - 1))
    return `${number}: lines are missing at the end`;
  const field = name.endsWith('.json') ? ` (${fieldAt(lines, at)})` : '';
  return `${number}${field}: is now ${line.trim().slice(0, 120)}`;
}

const digestOf = (line: string): string => createHash('sha256').update(line).digest('hex').slice(0, 16);

/** The path of a field in indented JSON: its own key, and those of the lines above that are further out. */
function fieldAt(lines: readonly string[], at: number): string {
  const path: string[] = [];
  let depth = Infinity;
  for (let index = at; index >= 0; index -= 1) {
    const [, indent = '', key] = /^( *)"([^"]*)":/.exec(lines[index] ?? '') ?? [];
    if (key === undefined || indent.length >= depth) continue;
    depth = indent.length;
    path.unshift(key);
  }
  return path.join('.');
}
