import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Guard } from '../../../../slashing-db/index.ts';
import { checkAttestation } from '../../../../slashing-db/rules/check-attestation.ts';
import { checkBlock } from '../../../../slashing-db/rules/check-block.ts';
import { SlashingGuard } from '../../../../slashing-db/slashing-guard.ts';
import { openOverAny, storageUnderTest } from '../../../support/any-storage.ts';
import { anySteps, playSteps, type Step } from '../../../support/guard-sequences.ts';
import { streamOf } from '../../../support/interchange-text.ts';
import { MemoryStorage } from '../../../support/memory-storage.ts';
import { att, block, KEY_A, KEY_B } from '../../../support/slashing-fixtures.ts';
import { exportOf, TRUSTING } from '../../../support/temp-guard.ts';

/** A database on a server is made in tens of milliseconds, a file in one. */
const RUNS = storageUnderTest() === 'postgres' ? 50 : 250;

function inMemory(): () => Guard {
  const storage = new MemoryStorage();
  return () => new SlashingGuard(storage, TRUSTING);
}

async function onDisk<T>(use: (open: () => Promise<Guard>) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'vigil-property-'));
  try {
    return await use(() => openOverAny({ ...TRUSTING, path: join(directory, 'slashing.sqlite') }));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

describe('no sequence of imports, signatures and restarts', () => {
  it('releases anything the oracle would slash (in memory)', async () => {
    let released = 0;
    const property = fc.asyncProperty(anySteps, async (steps) => {
      released += (await playSteps(steps, inMemory())).released;
    });
    await fc.assert(property, { numRuns: 10_000 });
    // A guard that refuses everything would pass the property.
    expect(released).toBeGreaterThan(10_000);
  });

  it('releases anything the oracle would slash (on disk)', async () => {
    const property = fc.asyncProperty(anySteps, (steps) =>
      onDisk(async (open) => (await playSteps(steps, open)).guard.close()),
    );
    await fc.assert(property, { numRuns: RUNS });
  });
});

describe('export and import into a fresh database', () => {
  const verdictsOf = (guard: Guard, base: bigint): string[] =>
    [KEY_A, KEY_B].flatMap((key) => {
      const status = guard.statusOf(key);
      const window = Array.from({ length: 8 }, (_, n) => base + BigInt(n));
      const votes = window.flatMap((source) =>
        window.flatMap((target) =>
          [1, 2, 0].map((root) => checkAttestation(status.attestation, att(source, target, root)).kind),
        ),
      );
      const blocks = window.flatMap((slot) =>
        [1, 2, 0].map((root) => checkBlock(status.block, block(slot, root)).kind),
      );
      // Which message the maximum stands for is not carried over, so the fresh one repeats nothing.
      return [...votes, ...blocks].map((kind) => (kind === 'repeat' ? 'refused' : kind));
    });
  const baseOf = (steps: readonly Step[]): bigint => {
    const values = steps.flatMap((step) =>
      step.do === 'vote' ? [step.source, step.target] : step.do === 'propose' ? [step.slot] : [],
    );
    return values.reduce((least, value) => (value < least ? value : least), values[0] ?? 0n);
  };

  it('gives the same verdicts', async () => {
    const property = fc.asyncProperty(anySteps, async (steps) => {
      const { guard } = await playSteps(steps, inMemory());
      const fresh = inMemory()();
      await fresh.importInterchange(streamOf(exportOf(guard)));
      expect(verdictsOf(fresh, baseOf(steps))).toEqual(verdictsOf(guard, baseOf(steps)));
    });
    await fc.assert(property, { numRuns: 300 });
  });

  it('is the identity for the guard that wrote it, on disk too', async () => {
    const property = fc.asyncProperty(anySteps, (steps) =>
      onDisk(async (open) => {
        const { guard } = await playSteps(steps, open);
        const before = exportOf(guard);
        await guard.importInterchange(streamOf(before));
        expect(exportOf(guard)).toBe(before);
        await guard.close();
        const again = await open();
        expect(exportOf(again)).toBe(before);
        await again.close();
      }),
    );
    await fc.assert(property, { numRuns: 40 });
  });
});

describe('an honest validator', () => {
  const duties = fc.array(
    fc.record({
      /** How far the target moves on, how far the source follows it, and how many slots lie between proposals. */
      target: fc.bigInt(1n, 3n),
      source: fc.bigInt(0n, 4n),
      slot: fc.bigInt(1n, 100n),
      between: fc.constantFrom('nothing', 'reopen', 'own export', 'old export', 'repeat'),
    }),
    { minLength: 1, maxLength: 15 },
  );

  it('is never refused: targets rise, sources do not fall, slots rise', async () => {
    const property = fc.asyncProperty(duties, async (epochs) => {
      const open = inMemory();
      let guard = open();
      await guard.admitKey(KEY_A, false);
      const firstExport = exportOf(guard);
      let [source, target, slot] = [0n, 0n, 0n];
      for (const duty of epochs) {
        target += duty.target;
        source = source + duty.source < target ? source + duty.source : target - 1n;
        slot += duty.slot;
        const messages = [att(source, target, target), block(slot, slot)];
        for (const message of [...messages, ...(duty.between === 'repeat' ? messages : [])]) {
          const outcome = await guard.release(KEY_A, message, () => Promise.resolve('signature'));
          expect(outcome.kind).toBe('released');
        }
        if (duty.between === 'own export') await guard.importInterchange(streamOf(exportOf(guard)));
        if (duty.between === 'old export') await guard.importInterchange(streamOf(firstExport));
        if (duty.between === 'reopen') guard = open();
      }
    });
    await fc.assert(property, { numRuns: 300 });
  });
});
