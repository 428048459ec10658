import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { HostIdentity } from '../../slashing-db/anchor/host-identity.ts';
import { openGuard, type Guard, type OpenGuardOptions } from '../../slashing-db/index.ts';
import { alsoAt, forget, openOverAny, overAny, serverOf } from './any-storage.ts';
import { copyTables } from './postgres-guards.ts';
import { att, clockAt, KEY_A, SPEC } from './slashing-fixtures.ts';
import { tempDirectory, verdict } from './temp-guard.ts';

export const THIS_BOOT: HostIdentity = { machineId: 'this machine', bootId: 'this boot' };
export const NEXT_BOOT: HostIdentity = { machineId: 'this machine', bootId: 'next boot' };
export const OTHER_MACHINE: HostIdentity = { machineId: 'another machine', bootId: 'its boot' };

/** Slot 83 is the fourth of epoch 10. */
export const NOW = 83;

/**
 * A machine with a slashing database, its anchor, a clock, and an operator who copies files: everything on the real
 * disk, opened through the real door.
 */
export class DisasterWorld {
  readonly #directory = tempDirectory();
  readonly path = join(this.#directory, 'data', 'slashing.sqlite');
  readonly anchor = join(this.#directory, 'elsewhere', 'anchor');
  readonly time = clockAt(NOW);
  readonly failures: string[] = [];
  #copies = 0;

  constructor() {
    mkdirSync(join(this.#directory, 'data'));
  }

  /** Whose signer has voted 8 -> `target` with KEY_A, and was stopped in order. */
  static async used(target = 9): Promise<DisasterWorld> {
    const world = new DisasterWorld();
    const guard = await world.openAny();
    await guard.admitKey(KEY_A, false);
    expect(await verdict(guard, KEY_A, att(8, target))).toBe('released');
    await guard.close();
    return world;
  }

  options(options: Partial<OpenGuardOptions> = {}): OpenGuardOptions {
    return {
      path: this.path,
      anchors: [this.anchor],
      host: THIS_BOOT,
      spec: SPEC,
      clock: this.time.clock,
      onMissingHistory: 'trust',
      onAnchorFailure: (path) => this.failures.push(path),
      ...options,
    };
  }

  open(options: Partial<OpenGuardOptions> = {}): Guard {
    const guard = openGuard(this.options(options));
    onTestFinished(() => guard.close());
    return guard;
  }

  /** Over the storage under test. */
  async openAny(options: Partial<OpenGuardOptions> = {}): Promise<Guard> {
    const guard = await openOverAny(this.options(options));
    onTestFinished(() => guard.close());
    return guard;
  }

  anyOptions(options: Partial<OpenGuardOptions> = {}): Promise<OpenGuardOptions> {
    return overAny(this.options(options));
  }

  /** As {@link copy}, of the storage under test. */
  async copyAny(): Promise<() => Promise<void>> {
    const url = await serverOf(this.path);
    if (url !== undefined) return copyTables(url);
    const restore = this.copy();
    return () => {
      restore();
      return Promise.resolve();
    };
  }

  /** The database is gone: the file, or all that was on the server. */
  lose(): void {
    rmSync(this.path, { force: true });
    forget(this.path);
  }

  /** Another database where this one was. */
  replaceBy(other: DisasterWorld): void {
    copyFiles(other.path, this.path);
    alsoAt(other.path, this.path);
  }

  /** Keeps the database as it is now, also while it is open. @returns puts it back */
  copy(): () => void {
    const kept = join(this.#directory, `copy-${(this.#copies += 1)}`);
    mkdirSync(kept);
    copyFiles(this.path, join(kept, 'db'));
    return () => copyFiles(join(kept, 'db'), this.path);
  }

  /** What is left of a process that was killed: the files as they are, without the process that holds them. */
  killed(): DisasterWorld {
    const left = new DisasterWorld();
    copyFiles(this.path, left.path);
    alsoAt(this.path, left.path);
    if (existsSync(this.anchor)) cpSync(this.anchor, left.anchor);
    return left;
  }
}

function copyFiles(from: string, to: string): void {
  for (const suffix of ['', '-wal']) {
    rmSync(`${to}${suffix}`, { force: true });
    if (existsSync(`${from}${suffix}`)) cpSync(`${from}${suffix}`, `${to}${suffix}`);
  }
  rmSync(`${to}-shm`, { force: true });
}
