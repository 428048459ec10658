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
  value === undefined ? 'nothing' : (JSON.stringify(value) ?? '').slice(0, 160);

/** The first line in which two texts differ, counted from one. */
export function firstDifferentLine(stored: string, now: string): { line: number; stored: string; now: string } {
  const [before, after] = [stored.split('\n'), now.split('\n')];
  const index = after.findIndex((text, at) => text !== before[at]);
  const at = index < 0 ? after.length : index;
  return {
    line: at + 1,
    stored: (before[at] ?? 'nothing').slice(0, 160),
    now: (after[at] ?? 'nothing').slice(0, 160),
  };
}
