import { stat } from 'node:fs/promises';

/** The coarsest times of a file system that is in use. */
const COARSEST_MS = 2000;

/**
 * What tells one content of these files from another without reading them, to be taken before they are read. Null while
 * one of them is so new that a change right after it might not show. A file that is away is a state like any other.
 */
export async function settledState(paths: readonly string[]): Promise<string | null> {
  const states = await Promise.all(paths.map(stateOf));
  return states.includes(null) ? null : states.join(' ');
}

async function stateOf(path: string): Promise<string | null> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs, ctimeMs } = await stat(path, { bigint: true });
    if (Date.now() - Number(ctimeMs) < COARSEST_MS) return null;
    return [dev, ino, size, mtimeNs, ctimeNs].join('/');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? null;
  }
}
