import { expect, it } from 'vitest';
import { countSteps, killAtStep } from '../crash/kill-at-step.ts';
import { freshDatabase } from '../support/postgres-guards.ts';

/** As `test/unit/crash/crash.test.ts` over a file; what a power cut does to a server's files is the server's to survive. */
it('a process killed at any asynchronous step keeps its word', { timeout: 120_000 }, async () => {
  const steps = await countSteps(await freshDatabase());
  expect(steps).toBeGreaterThan(200);
  const stride = Math.floor(steps / 10);
  let said = 0;
  for (let step = stride; step < steps; step += stride) {
    const round = await killAtStep(step, await freshDatabase());
    expect({ step, broken: round.broken }).toEqual({ step, broken: [] });
    said += round.said;
  }
  expect(said).toBeGreaterThan(50);
});
