import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openStore } from '../../../../monitor/store/index.ts';
import { StoreModel } from '../../../support/store-model.ts';
import { STORE_CHAIN, StoreWorld } from '../../../support/store-world.ts';

const WRITER = fileURLToPath(new URL('../../../support/store-writer.ts', import.meta.url));
const VALIDATORS = 300;

interface Killed {
  readonly begun: number;
  readonly done: number;
}

/** Kills the writer when it has begun to write an epoch, after a number of turns of this process's loop. */
async function killed(path: string, first: number, epochs: number, turns: number): Promise<Killed> {
  const child = spawn(process.execPath, ['--no-warnings', WRITER, path, `${first}`, `${VALIDATORS}`]);
  let said = '';
  let failed = '';
  child.stderr.on('data', (text: Buffer) => (failed += text.toString()));
  let waiting = false;
  child.stdout.on('data', (text: Buffer) => {
    said += text.toString();
    if (waiting || !said.includes(`begin ${first + epochs}\n`)) return;
    waiting = true;
    const turn = (left: number): void => {
      if (left === 0) child.kill('SIGKILL');
      else setImmediate(turn, left - 1);
    };
    turn(turns);
  });
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect([signal, failed]).toEqual(['SIGKILL', '']);
  const last = (word: string): number =>
    Number([...said.matchAll(new RegExp(`${word} (\\d+)\\n`, 'g'))].at(-1)?.[1] ?? -1);
  return { begun: last('begin'), done: last('done') };
}

test(
  'a process that is killed while it writes leaves the epoch whole or not at all',
  { timeout: 120_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vigil-store-kill-'));
    const path = join(folder, 'monitor.sqlite');
    try {
      let first = 0;
      let inside = 0;
      for (const turns of [0, 40, 400, 2000, 5000, 12_000]) {
        const { begun, done } = await killed(path, first, 2, turns);
        if (begun > done) inside += 1;
        const store = openStore({ path, chain: STORE_CHAIN });
        const model = new StoreModel(new StoreWorld(1));
        const [covered] = store.coverage(0);
        const last = Number(covered?.last);
        // Everything that was said to be done is there, and nothing beyond what was begun.
        expect(last).toBeGreaterThanOrEqual(done);
        expect(last).toBeLessThanOrEqual(begun);
        const sample = [0, 1, 17, VALIDATORS - 1];
        for (let epoch = 0; epoch <= last; epoch += 1) model.write(epoch, sample);
        for (const v of sample) {
          expect(store.coverage(v)).toEqual([{ first: 0n, last: BigInt(last) }]);
          expect(store.query.ledgerRowsOf(v, {})).toEqual(model.ledger(v));
        }
        expect(store.gaps(store.nextEpoch()!, store.nextEpoch()!)[0]?.validators).toHaveLength(VALIDATORS);
        expect(store.nextEpoch()).toBe(BigInt(last + 1));
        store.close();
        // Some of it again: the writer goes on from an epoch that is there.
        first = Math.max(0, last - 1);
      }
      expect(inside).toBeGreaterThan(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
