import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OutputFolder } from '../../../../monitor/splits/manifest/output-folder.ts';
import { inFolder } from '../../../support/splits-files.ts';

/** A process that has ended. */
const DEAD = spawnSync(process.execPath, ['-e', '']).pid;

test('what a killed split left behind gets into no other, and is cleared away', () => {
  inFolder((folder) => {
    const out = join(folder, 'out');
    const left = [`out.tmp-${DEAD}-abcdef`, `out.tmp-${process.ppid}-abcdef`, `out.tmp-mine`];
    // The name that a split of this process had before it was a new one each time.
    for (const name of [...left, `out.${process.pid}.tmp`]) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'safe-transactions-2-of-2.json'), 'pay mallory');
    }
    const output = new OutputFolder(out);
    output.put({ name: 'manifest.json', text: '{}' });
    output.put({ name: 'statements/ann.html', text: '' });
    output.finish();
    output.discard();
    expect(readdirSync(out).sort()).toEqual(['manifest.json', 'statements']);
    expect(readdirSync(folder).sort()).toEqual(['out', ...left.slice(1), `out.${process.pid}.tmp`].sort());
  });
});

test('a file that somebody else put there while the split was written is refused', () => {
  inFolder((folder) => {
    const output = new OutputFolder(join(folder, 'out'));
    output.put({ name: 'manifest.json', text: '{}' });
    const [temporary = ''] = readdirSync(folder);
    writeFileSync(join(folder, temporary, 'more.csv'), '');
    expect(() => output.finish()).toThrow(
      expect.objectContaining({
        code: 'OUTPUT_FOLDER_IN_USE',
        message: expect.stringContaining('more.csv') as string,
      }),
    );
    output.discard();
    expect(readdirSync(folder)).toEqual([]);
  });
});

test('two at the same time write apart', () => {
  inFolder((folder) => {
    const [one, two] = [new OutputFolder(join(folder, 'out')), new OutputFolder(join(folder, 'out'))];
    for (const output of [one, two]) output.put({ name: 'manifest.json', text: '{}' });
    one.put({ name: 'more.csv', text: '' });
    one.finish();
    expect(() => two.finish()).toThrow('more.csv is no file of this split');
  });
});
