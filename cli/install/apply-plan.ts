import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { cliError } from '../cli-errors.ts';
import { MARK } from './render-units.ts';
import type { PlannedCommand, PlannedFile, SystemdPlan } from './systemd-plan.ts';

/** What becomes of each file. */
export type Change = 'written' | 'unchanged' | 'removed' | 'absent';

/**
 * What would become of each file.
 * @throws NOT_OURS before anything is changed
 */
export function changesOf(files: readonly PlannedFile[], remove: boolean): Map<string, Change> {
  return new Map(files.map((file) => [file.path, changeOf(file, remove)]));
}

function changeOf({ path, text }: PlannedFile, remove: boolean): Change {
  const found = existsSync(path) ? readFileSync(path, 'utf8') : null;
  if (found !== null && !found.startsWith(MARK)) throw cliError('NOT_OURS', `Vigil did not write ${path}`);
  if (remove) return found === null ? 'absent' : 'removed';
  return found === text ? 'unchanged' : 'written';
}

/** @throws NOT_OURS, NOT_PRIVILEGED, SYSTEMD_FAILED */
export function applyPlan(
  plan: SystemdPlan,
  options: { readonly remove: boolean; readonly runCommands: boolean },
): Map<string, Change> {
  const changes = changesOf(plan.files, options.remove);
  if (options.runCommands) for (const command of plan.before) execute(command);
  privileged(() => {
    for (const folder of plan.folders) mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const { path, text } of plan.files) {
      const change = changes.get(path);
      if (change === 'written') writeUnit(path, text);
      if (change === 'removed') rmSync(path);
    }
  });
  if (options.runCommands) for (const command of plan.after) execute(command);
  return changes;
}

/** World-readable, as units are; the old one stays until the new one is complete. */
function writeUnit(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  const temporary = `${path}.${process.pid}.tmp`;
  const file = openSync(temporary, 'wx', 0o644);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}

function privileged(work: () => void): void {
  try {
    work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
      throw cliError('NOT_PRIVILEGED', (error as Error).message, error);
    }
    throw error;
  }
}

function execute({ argv, mayFail }: PlannedCommand): void {
  const [command, ...rest] = argv;
  const { status, error, stderr } = spawnSync(command, rest, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (status === 0 || mayFail) return;
  const why = error?.message ?? (stderr.trim() || `exit code ${status ?? 'none'}`);
  throw cliError('SYSTEMD_FAILED', `${argv.join(' ')}: ${why}`, error);
}
