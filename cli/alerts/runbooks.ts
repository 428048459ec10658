import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** The runbook pages that came with Vigil, by name. */
export function runbookPages(): Record<string, string> {
  const folder = runbooksFolder();
  const names = readdirSync(folder).filter((name) => name.endsWith('.md'));
  return Object.fromEntries(names.map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]));
}

/** In docs/ of the clone or package that this file is in; once it is built that is one folder further up. */
function runbooksFolder(): URL {
  for (const root of ['../../', '../../../']) {
    const folder = new URL(`${root}docs/runbooks/`, import.meta.url);
    if (existsSync(folder)) return folder;
  }
  throw new Error('the runbooks did not come with this package');
}
