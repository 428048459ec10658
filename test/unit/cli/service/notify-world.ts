import { chmodSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A stand-in for systemd-notify, which writes down what it was called with; the real one runs in `test/systemd/`. */
export interface NotifyWorld {
  readonly path: string;
  /** The messages so far: the arguments of each call. */
  messages(): string[][];
  /** Resolves when there are so many. */
  until(count: number): Promise<string[][]>;
}

export function notifyWorld(behaviour = ''): NotifyWorld {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-notify-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const log = join(folder, 'log');
  writeFileSync(log, '');
  const script = join(folder, 'systemd-notify');
  // One write for each call, so that no two run into each other and none is seen in half.
  writeFileSync(
    script,
    `#!/bin/sh\n${behaviour}\nshift\nprintf '%s' "$(printf '%s\\036' "$NOTIFY_SOCKET" "$@")" | tr '\\n' '~' >> '${log}'\necho >> '${log}'\n`,
  );
  chmodSync(script, 0o755);
  const messages = () =>
    readFileSync(log, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split('\x1e').filter((part) => part !== ''));
  return {
    path: `${folder}:/usr/bin:/bin`,
    messages,
    until: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (messages().length < count) return;
          watcher.close();
          resolve(messages());
        };
        const watcher = watch(log, look);
        look();
      }),
  };
}
