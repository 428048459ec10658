import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { foundIn, nameOf, trialsOf } from '../../mutation/evidence.ts';
import { mutate } from '../../mutation/mutant.ts';
import { MUTANTS } from '../../mutation/mutants.ts';

const ROOT = join(import.meta.dirname, '../../..');

describe('the list of mutants', () => {
  it('has different names', () => {
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  });

  it.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
    'still fits the code: %s',
    (_name, mutant) => {
      const source = readFileSync(join(ROOT, mutant.file), 'utf8');
      expect(mutate(source, mutant)).not.toBe(source);
    },
  );

  it('is the list in docs/mutation-evidence.md', () => {
    const evidence = readFileSync(join(ROOT, 'docs/mutation-evidence.md'), 'utf8');
    const trials = trialsOf(MUTANTS);
    expect([...foundIn(evidence).keys()]).toEqual(trials.map(nameOf));
    expect(evidence).toContain(`${MUTANTS.length} bugs, tried ${trials.length} times, all found.`);
  });
});

describe('a mutant', () => {
  const mutant = { name: 'm', file: 'f.ts', search: 'a', replace: 'b' };

  it.each(['', 'x', 'aa', 'a a'])('is an error for the source "%s"', (source) => {
    expect(() => mutate(source, mutant)).toThrow('not once');
  });
});
