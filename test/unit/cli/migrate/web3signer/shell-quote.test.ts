import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printable, shellQuote } from '../../../../../cli/migrate/web3signer/shell-quote.ts';

const asShellReads = (word: string): string =>
  execFileSync('sh', ['-c', `printf %s ${word}`], { encoding: 'utf8' });

test.each(["it's", '$(id)', '`id`', '; id', '"', '\\', '*', '~', '#x', "''", '|', '\n; id'])(
  'a shell reads %j as one word that is not run',
  (text) => {
    expect(asShellReads(shellQuote(text))).toBe(printable(text));
  },
);

test('a shell reads back whatever can be shown', () => {
  const text = fc.string({ unit: 'grapheme-ascii', minLength: 1 });
  fc.assert(
    fc.property(text, (one) => asShellReads(shellQuote(one)) === one),
    { numRuns: 40 },
  );
});

test('nothing is left that a terminal would act on', () => {
  expect(printable('a\u001b[2Jb\r\nc\u202ed\u0085')).toBe('a?[2Jb??c?d?');
});
