import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Each project of end-to-end tests asks for it, in the same process. */
const done = globalThis as { vigilIsBuilt?: true };

/** The end-to-end tests run what is installed: the built JavaScript, made anew before they start. */
export default function buildDist(): void {
  if (done.vigilIsBuilt) return;
  const root = fileURLToPath(new URL('../..', import.meta.url));
  rmSync(`${root}/dist`, { recursive: true, force: true });
  execFileSync(process.execPath, [`${root}/node_modules/typescript/bin/tsc`, '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  done.vigilIsBuilt = true;
}
