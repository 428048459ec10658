import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

export const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));

export interface Packages {
  readonly npm: string;
  readonly deb: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    packages: Packages;
  }
}

/** Runs one of the commands that make a package. @returns the path that it prints last */
export function makePackage(kind: 'npm' | 'deb', out: string, env: NodeJS.ProcessEnv = process.env): string {
  const script = join(REPOSITORY, 'packaging', kind, 'package.ts');
  // Compressing takes longer than everything else; the bytes that are compressed are what matters here.
  const flags = kind === 'deb' ? ['--compression', 'none'] : [];
  const argv = ['--no-warnings', script, '--out', out, ...flags];
  const stdio = ['ignore', 'pipe', 'pipe'] as const;
  return execFileSync(process.execPath, argv, { encoding: 'utf8', env, stdio: [...stdio] })
    .trimEnd()
    .split('\n')
    .slice(-1)
    .join();
}

/** Both packages, made once for all tests. */
export default function buildPackages(project: TestProject): () => void {
  const out = mkdtempSync(join(tmpdir(), 'vigil-packages-'));
  project.provide('packages', { npm: makePackage('npm', out), deb: makePackage('deb', out) });
  return () => rmSync(out, { recursive: true, force: true });
}
