import { stat } from 'node:fs/promises';

/** The files among these, each once, that other users of this machine may touch: the keys may be in other hands. */
export async function exposedFiles(paths: readonly string[]): Promise<string[]> {
  const exposed: string[] = [];
  for (const path of new Set(paths)) {
    // A file that is not there is told of by whoever wanted to read it.
    const mode = await stat(path).then(
      (found) => found.mode,
      () => 0,
    );
    if ((mode & 0o077) !== 0) exposed.push(path);
  }
  return exposed;
}
