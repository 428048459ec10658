import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SOURCE, sourceDate } from '../source.ts';
import { buildDeb, type Compression } from './build.ts';
import { debTree } from './tree.ts';

/** `npm run package:deb`: makes vigil_VERSION_ARCHITECTURE.deb. */
const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join(SOURCE, 'dist-packages') },
    compression: { type: 'string', default: 'xz' },
  },
});
if (!['xz', 'gzip', 'none'].includes(values.compression)) throw new Error('--compression xz, gzip or none');
const scratch = mkdtempSync(join(tmpdir(), 'vigil-deb-'));
try {
  const time = sourceDate();
  const tree = await debTree(join(scratch, 'build'), time);
  const compression = values.compression as Compression;
  console.log(buildDeb(tree, { scratch, out: values.out, time, compression }));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
