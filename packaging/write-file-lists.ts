import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debTree } from './deb/tree.ts';
import { fileList } from './file-list.ts';
import { npmTree } from './npm/tree.ts';
import { sourceDate } from './source.ts';

/** `npm run package:files`: writes the lists in `files/` anew. What changed in them wants a look before it is committed. */
const scratch = mkdtempSync(join(tmpdir(), 'vigil-files-'));
try {
  const lists = {
    npm: npmTree(join(scratch, 'npm'), sourceDate()),
    deb: await debTree(join(scratch, 'deb'), sourceDate()),
  };
  for (const [name, tree] of Object.entries(lists))
    writeFileSync(join(import.meta.dirname, 'files', `${name}.txt`), fileList(tree));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
