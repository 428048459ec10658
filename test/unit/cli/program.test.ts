import { expect, test } from 'vitest';
import { createProgram } from '../../../cli/program.ts';

const nounsFor = async (...words: readonly string[]): Promise<string[]> =>
  (await createProgram(['node', 'vigil', ...words])).commands.map((command) => command.name());
const ALL = await nounsFor();

test.each(ALL)('%s is loaded by its name, and alone unless it has to know the others', async (name) => {
  expect(await nounsFor(name, '--help')).toEqual(name === 'completion' ? ALL : [name]);
});

test.each([
  [['--help']],
  [['help', 'keys']],
  [['keyz', 'list']],
  [['--data-dir', 'keys', 'init']],
  [['toString']],
])('%j is for all of them', async (words) => expect(await nounsFor(...words)).toEqual(ALL));

test('a version is no reason to load anything', async () => {
  expect(await nounsFor('--version')).toEqual([]);
});
