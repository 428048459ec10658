import { writeFileSync } from 'node:fs';
import { counterexamplesPage, findings } from './counterexamples-page.ts';

/** Writes docs/counterexamples.md; a test compares it. */
writeFileSync(new URL('../../docs/counterexamples.md', import.meta.url), counterexamplesPage(findings()));
