import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Patient } from './patient.ts';

/** A file of the kernel, trimmed, or null where there is none: another system, another kernel, a container. */
export function readProc({ proc }: Pick<Patient, 'proc'>, path: string): string | null {
  try {
    return readFileSync(join(proc, path), 'utf8').trim();
  } catch {
    return null;
  }
}
