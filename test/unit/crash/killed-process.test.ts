import { expect, it } from 'vitest';
import { countSteps, killAtStep } from '../../crash/kill-at-step.ts';
import { emptyStorage, storageUnderTest } from '../../support/any-storage.ts';

/** A fast part of `npm run test:crash`. */

const POINTS = storageUnderTest() === 'sqlite' ? 24 : 10;

it('a process killed at any asynchronous step keeps its word', { timeout: 120_000 }, async () => {
  const steps = await countSteps(await emptyStorage());
  expect(steps).toBeGreaterThan(200);
  const stride = Math.floor(steps / POINTS);
  let said = 0;
  for (let step = stride; step < steps; step += stride) {
    const round = await killAtStep(step, await emptyStorage());
    expect({ step, broken: round.broken }).toEqual({ step, broken: [] });
    said += round.said;
  }
  expect(said).toBeGreaterThan(50);
});
