import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The end-to-end tests run what is installed: the built JavaScript, made anew before they start. */
export default function buildDist(): void {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  rmSync(`${root}/dist`, { recursive: true, force: true });
  execFileSync(process.execPath, [`${root}/node_modules/typescript/bin/tsc`, '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: 'inherit',
  });
}
