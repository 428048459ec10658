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

/** How often each property is tried: a database on a server is made in tens of milliseconds, a file in one. */
interface Runs {
  readonly slashable: number;
  readonly verdicts: number;
  readonly identity: number;
  readonly honest: number;
}

type Open = () => Promise<Guard>;
/** Makes an empty database for as long as it is used; what it is opened with opens it again and again. */
type WithDatabase = <T>(use: (open: Open) => Promise<T>) => Promise<T>;

const inMemory: WithDatabase = (use) => {
  const storage = new MemoryStorage();
  return use(() => Promise.resolve(new SlashingGuard(storage, TRUSTING)));
};

const inStorageUnderTest: WithDatabase = async (use) => {
  const directory = mkdtempSync(join(tmpdir(), 'vigil-property-'));
  try {
    return await use(() => openOverAny({ ...TRUSTING, path: join(directory, 'slashing.sqlite') }));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

const PLACES: readonly (readonly [where: string, WithDatabase, Runs])[] =
  storageUnderTest() === 'postgres'
    ? [['on a server', inStorageUnderTest, { slashable: 50, verdicts: 15, identity: 15, honest: 15 }]]
    : [
        ['in memory', inMemory, { slashable: 10_000, verdicts: 300, identity: 300, honest: 300 }],
        ['in a file', inStorageUnderTest, { slashable: 150, verdicts: 25, identity: 30, honest: 20 }],
      ];

describe.each(PLACES)('no sequence of imports, signatures and restarts %s', (_where, withDatabase, runs) => {
  it('releases anything the oracle would slash', async () => {
    let released = 0;
    const property = fc.asyncProperty(anySteps, (steps) =>
      withDatabase(async (open) => {
        const played = await playSteps(steps, open);
        await played.guard.close();
        released += played.released;
      }),
    );
    await fc.assert(property, { numRuns: runs.slashable });
    // A guard that refuses everything would pass the property.
    expect(released).toBeGreaterThan(runs.slashable);
  });
});

describe.each(PLACES)('export and import into a fresh database %s', (_where, withDatabase, runs) => {
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
    const property = fc.asyncProperty(anySteps, (steps) =>
      withDatabase(async (open) => {
        const { guard } = await playSteps(steps, open);
        await withDatabase(async (openFresh) => {
          const fresh = await openFresh();
          await fresh.importInterchange(streamOf(exportOf(guard)));
          expect(verdictsOf(fresh, baseOf(steps))).toEqual(verdictsOf(guard, baseOf(steps)));
          await fresh.close();
        });
        await guard.close();
      }),
    );
    await fc.assert(property, { numRuns: runs.verdicts });
  });

  it('is the identity for the guard that wrote it', async () => {
    const property = fc.asyncProperty(anySteps, (steps) =>
      withDatabase(async (open) => {
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
    await fc.assert(property, { numRuns: runs.identity });
  });
});

describe.each(PLACES)('an honest validator %s', (_where, withDatabase, runs) => {
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
    const property = fc.asyncProperty(duties, (epochs) =>
      withDatabase(async (open) => {
        let guard = await open();
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
          if (duty.between === 'reopen') {
            await guard.close();
            guard = await open();
          }
        }
        await guard.close();
      }),
    );
    await fc.assert(property, { numRuns: runs.honest });
  });
});
