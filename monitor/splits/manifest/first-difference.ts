/** Where two JSON values differ first, in the order of the keys; null when they are the same. */
export function firstDifference(stored: unknown, now: unknown, path = ''): Difference | null {
  if (isObject(stored) && isObject(now)) {
    for (const key of new Set([...Object.keys(now), ...Object.keys(stored)])) {
      const found = firstDifference(stored[key], now[key], path === '' ? key : `${path}.${key}`);
      if (found !== null) return found;
    }
    return null;
  }
  return stored === now ? null : { path, stored: shown(stored), now: shown(now) };
}

export interface Difference {
  readonly path: string;
  readonly stored: string;
  readonly now: string;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const shown = (value: unknown): string =>
  value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 160);

/** The first line in which two texts differ, counted from one, and what stands there. */
export function firstDifferentLine(
  stored: string,
  now: string,
): { line: number; stored: string; now: string } {
  const [before, after] = [stored.split('\n'), now.split('\n')];
  const found = after.findIndex((text, index) => text !== before[index]);
  const line = found < 0 ? after.length : found;
  const [a, b] = [before[line], after[line]];
  let start = 0;
  while (a !== undefined && b !== undefined && start < a.length && a[start] === b[start]) start += 1;
  // Its beginning says whose line it is.
  const excerpt = (text: string | undefined, lines: readonly string[]): string =>
    text === undefined || (text === '' && line >= lines.length - 1)
      ? 'nothing: it ends there'
      : start <= 80
        ? text.slice(0, start + 60)
        : `${text.slice(0, 20)}…${text.slice(start - 50, start + 60)}`;
  return { line: line + 1, stored: excerpt(a, before), now: excerpt(b, after) };
}
