import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { install } from '../../../../cli/alerts/installation.ts';
import { runbookPages } from '../../../../cli/alerts/runbooks.ts';
import { ALERTS, runbookPage } from '../../../../monitor/alerting/index.ts';

let parent: string;
let folder: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'vigil-install-'));
  folder = join(parent, 'alerting');
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const FIRST = { 'rules.yml': 'first rules\n', 'example.yml': 'first example\n', 'runbooks/a.md': '# A\n' };
const SECOND = { ...FIRST, 'rules.yml': 'second rules\n', 'example.yml': 'second example\n' };
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const change = (name: string, text = 'mine\n'): void => writeFileSync(join(folder, name), text);

test('a changed file is not overwritten, and then nothing else is either', () => {
  install(folder, FIRST, false);
  change('example.yml');
  expect(() => install(folder, SECOND, false)).toThrow(
    expect.objectContaining({
      code: 'FILES_CHANGED',
      message: expect.stringContaining('example.yml') as string,
    }),
  );
  expect([read('rules.yml'), read('example.yml')]).toEqual([FIRST['rules.yml'], 'mine\n']);
});

test('a file that somebody else wrote is not overwritten', () => {
  mkdirSync(folder);
  change('rules.yml');
  expect(() => install(folder, FIRST, false)).toThrow(expect.objectContaining({ code: 'FILES_CHANGED' }));
  expect(readdirSync(folder)).toEqual(['rules.yml']);
});

test('without the memory of what was written everything that differs is foreign', () => {
  install(folder, FIRST, false);
  for (const memory of ['', 'no json', '{"sha256":7}']) {
    writeFileSync(join(folder, '.vigil-installed.json'), memory);
    expect(() => install(folder, SECOND, false)).toThrow(expect.objectContaining({ code: 'FILES_CHANGED' }));
  }
  // What is as it should be is nobody's loss.
  expect(install(folder, FIRST, false).get('rules.yml')).toBe('as it was');
});

test('with force it is', () => {
  install(folder, FIRST, false);
  change('example.yml');
  expect(install(folder, SECOND, true)).toEqual(
    new Map([
      ['rules.yml', 'updated'],
      ['example.yml', 'updated'],
      ['runbooks/a.md', 'as it was'],
    ]),
  );
  expect(read('example.yml')).toBe(SECOND['example.yml']);
});

test('what an older version wrote is replaced, a change that is taken back counts for nothing', () => {
  expect([...install(folder, FIRST, false).values()]).toEqual(['new', 'new', 'new']);
  change('example.yml');
  change('example.yml', FIRST['example.yml']);
  expect(install(folder, SECOND, false).get('rules.yml')).toBe('updated');
  expect(install(folder, FIRST, false).get('rules.yml')).toBe('updated');
  expect([...install(folder, FIRST, false).values()]).toEqual(['as it was', 'as it was', 'as it was']);
});

test('an installation of some files forgets nothing of the others', () => {
  install(folder, FIRST, false);
  install(folder, { 'rules.yml': FIRST['rules.yml'] }, false);
  expect(install(folder, SECOND, false).get('example.yml')).toBe('updated');
});

test('Prometheus, another user, can read what is written', () => {
  install(folder, FIRST, false);
  // As far as the umask of whoever runs it lets it.
  const like = join(parent, 'like');
  writeFileSync(like, '', { mode: 0o644 });
  expect(statSync(join(folder, 'rules.yml')).mode).toBe(statSync(like).mode);
});

test.runIf(process.getuid?.() !== 0)('a folder that cannot be written to is told', () => {
  mkdirSync(folder);
  chmodSync(folder, 0o500);
  expect(() => install(folder, FIRST, false)).toThrow(expect.objectContaining({ code: 'BAD_ARGUMENT' }));
});

test('a file in the place of a folder is told', () => {
  writeFileSync(folder, '');
  expect(() => install(folder, FIRST, false)).toThrow(expect.objectContaining({ code: 'BAD_ARGUMENT' }));
});

test('whatever was changed before, what is there afterwards is either all new or all as before', () => {
  const text = fc.constantFrom('a', 'b', 'mine');
  const files = fc.record({ one: text, two: text });
  fc.assert(
    fc.property(files, files, files, fc.boolean(), (first, found, second, force) => {
      rmSync(folder, { recursive: true, force: true });
      install(folder, first, false);
      for (const [name, mine] of Object.entries(found)) change(name, mine);
      const foreign = (['one', 'two'] as const).some(
        (name) => found[name] !== first[name] && found[name] !== second[name],
      );
      const there = () => ({ one: read('one'), two: read('two') });
      if (foreign && !force) {
        expect(() => install(folder, second, force)).toThrow(
          expect.objectContaining({ code: 'FILES_CHANGED' }),
        );
        expect(there()).toEqual(found);
      } else {
        install(folder, second, force);
        expect(there()).toEqual(second);
      }
    }),
  );
});

test('every alert has its runbook among those that come along', () => {
  const pages = runbookPages();
  for (const { alert } of ALERTS) expect(pages[runbookPage(alert)]).toContain(`# ${alert}\n`);
});
