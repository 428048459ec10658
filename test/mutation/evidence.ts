import type { Mutant } from './mutant.ts';

export interface Killed {
  readonly mutant: Mutant;
  /** Full name of the first test that failed, with its file. */
  readonly by: string;
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** docs/mutation-evidence.md */
export function renderEvidence(killed: readonly Killed[]): string {
  const rows = killed.map(({ mutant, by }) => `| ${cell(mutant.name)} | \`${mutant.file}\` | ${cell(by)} |`);
  return [
    '# Mutation evidence',
    '',
    'Written by `npm run test:mutation`; do not edit. Each row is a bug that was put into a copy of the tree, alone, and the first test that failed because of it. The bugs are listed in `test/mutation/`. Among them are those that the official EIP-3076 suite does not notice: unrecorded attestations, source after target, the last of two entries for a key winning, no surround check on what was signed, letter case, integers beyond 2^53.',
    '',
    `${killed.length} bugs, all found.`,
    '',
    '| bug | file | found by |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

/** The names of the bugs that a rendered table lists. */
export const bugsListedIn = (markdown: string): string[] => [...foundIn(markdown).keys()];

/** Each bug that a rendered table lists, with what found it. */
export function foundIn(markdown: string): Map<string, string> {
  const rows = markdown.split('\n').filter((line) => line.startsWith('| ') && line.includes('`'));
  return new Map(
    rows.map((row) => {
      const [name = '', , ...by] = row.slice(2, -2).split(' | ');
      return [name, by.join(' | ')];
    }),
  );
}
