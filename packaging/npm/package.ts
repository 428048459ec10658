import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeTree } from '../file-tree.ts';
import { SOURCE, sourceDate } from '../source.ts';
import { npmTree } from './tree.ts';

/** `npm run package:npm`: makes vigil-VERSION.tgz. */
const { values } = parseArgs({
  options: { out: { type: 'string', default: join(SOURCE, 'dist-packages') } },
});
const scratch = mkdtempSync(join(tmpdir(), 'vigil-npm-'));
try {
  const time = sourceDate();
  const staged = join(scratch, 'package');
  writeTree(npmTree(join(scratch, 'build'), time), staged, time);
  mkdirSync(values.out, { recursive: true });
  const argv = ['pack', staged, '--ignore-scripts', '--pack-destination', values.out, '--json'];
  const [packed] = JSON.parse(execFileSync('npm', argv, { encoding: 'utf8' })) as { filename: string }[];
  console.log(join(values.out, packed?.filename ?? ''));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
