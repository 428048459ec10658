import { expect, it, onTestFinished, vi } from 'vitest';
import { startProgress } from '../../../../cli/output/progress.ts';

it('without a terminal is a line every few seconds, with what is left at the pace since the last one', () => {
  vi.useFakeTimers();
  const lines: string[] = [];
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  onTestFinished(() => {
    write.mockRestore();
    vi.useRealTimers();
  });
  const isTTY = process.stderr.isTTY;
  process.stderr.isTTY = false;
  onTestFinished(() => void (process.stderr.isTTY = isTTY));

  const progress = startProgress('importing keystores', 10_000);
  const after = (ms: number, done: number): void => {
    vi.advanceTimersByTime(ms);
    progress.update(done);
  };
  // Those that are in already.
  after(100, 4000);
  after(5000, 4010);
  after(1000, 4012);
  after(4000, 4020);
  after(5000, 4020);
  after(10_000, 9980);
  progress.stop();
  expect(lines).toEqual([
    'importing keystores: 4010 of 10000, 8 s left\n',
    'importing keystores: 4020 of 10000, 50 min left\n',
    'importing keystores: 4020 of 10000\n',
    'importing keystores: 9980 of 10000, 0 s left\n',
  ]);
});
