import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder of its own for the running test, removed after it, and a way to put files into it. */
export function tempFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-migrate-'));
  // Others get in, so that the modes of files count.
  chmodSync(folder, 0o755);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const at = (...names: string[]): string => join(folder, ...names);
  const write = (name: string, content: unknown, mode = 0o600): string => {
    mkdirSync(dirname(at(name)), { recursive: true });
    writeFileSync(at(name), typeof content === 'string' ? content : JSON.stringify(content), { mode });
    return at(name);
  };
  return { folder, at, write };
}
