import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { besideGoodOnes, progress } from '../../../../cli/doctor/checks/beacon-nodes.ts';
import { compared } from '../../../../cli/doctor/checks/clock.ts';
import { certificate } from '../../../../cli/doctor/checks/configuration.ts';
import { judgeRoom } from '../../../../cli/doctor/checks/disk.ts';
import { judgeWrites, preloaded } from '../../../../cli/doctor/checks/fsync.ts';
import { judgeFree, judgeSwap } from '../../../../cli/doctor/checks/memory.ts';
import { judgeLimits } from '../../../../cli/doctor/checks/process-limits.ts';
import { node } from '../../../../cli/doctor/checks/runtime.ts';
import {
  exitCodeOf,
  fault,
  good,
  GRADES,
  note,
  warning,
  worstGrade,
} from '../../../../cli/doctor/finding.ts';

const SYNCED = { syncDistance: 0n, isOptimistic: false, elOffline: false };
const grades = (findings: readonly { grade: string }[]) => findings.map(({ grade }) => grade);

describe('the worst grade', () => {
  const finding = fc.constantFrom(good('a'), note('b'), warning('c', 'd'), fault('e', 'f'));

  test('is that of a finding, and none is worse', () => {
    fc.assert(
      fc.property(fc.array(finding, { minLength: 1 }), (findings) => {
        const worst = worstGrade(findings);
        expect(grades(findings)).toContain(worst);
        for (const { grade } of findings) {
          expect(GRADES.indexOf(grade)).toBeLessThanOrEqual(GRADES.indexOf(worst));
        }
      }),
    );
  });

  test('of nothing is good, and makes the exit code', () => {
    expect(worstGrade([])).toBe('good');
    expect(GRADES.map(exitCodeOf)).toEqual([0, 0, 1, 3]);
  });
});

test.each([
  ['a runtime that comes with Vigil', node('24.1.0', ['24.0.0', '24.1.0']), 'good'],
  ['another runtime', node('24.2.0', ['24.1.0']), 'warning'],
  ['a certificate of yesterday', certificate(100_000, 186_400_000), 'fault'],
  ['a certificate with a day left', certificate(186_400, 100_000_000), 'warning'],
  ['a certificate with a month left', certificate(2_700_000, 100_000_000), 'good'],
  ['a node at the same slot', compared('node', 100n, 100n), 'good'],
  ['a node that sees the next slot', compared('node', 101n, 100n), 'good'],
  ['a node that is two slots ahead', compared('node', 102n, 100n), 'fault'],
  ['a node that is two slots behind', compared('node', 98n, 100n), 'fault'],
  ['a node that keeps up', progress('node', SYNCED, 20), 'good'],
  ['a node that does not', progress('node', { ...SYNCED, syncDistance: 3n }, 20), 'warning'],
  ['a node without execution client', progress('node', { ...SYNCED, elOffline: true }, 20), 'warning'],
  ['an optimistic node', progress('node', { ...SYNCED, isOptimistic: true }, 20), 'warning'],
  ['a node that takes its time', progress('node', SYNCED, 900), 'warning'],
  ['a disk of no time', judgeWrites([0.001, 0.002, 0.001]), 'warning'],
  ['an SSD', judgeWrites([0.1, 0.2, 0.15]), 'good'],
  ['an SSD that others use', judgeWrites([0.1, 0.2, 500]), 'note'],
  ['a spinning disk', judgeWrites([30, 31, 29]), 'warning'],
  ['a disk that is as good as none', judgeWrites([300, 310, 290]), 'fault'],
])('%s', (_what, finding, grade) => {
  expect(finding.grade).toBe(grade);
  // What is not good says what to do.
  if (grade === 'warning' || grade === 'fault') expect(finding.mend).not.toBe('');
});

test.each([
  [10_000, 1_000_000, ['good']],
  [1000, null, ['warning']],
  [100, 1_000_000, ['fault']],
  [10_000, 10, ['good', 'warning']],
])('%d MiB and %s files of room', (freeMib, freeFiles, expected) => {
  expect(grades(judgeRoom('/data', freeMib, freeFiles))).toEqual(expected);
});

test.each([
  ['', []],
  ['/lib/libjemalloc.so', []],
  ['/usr/lib/libeatmydata.so', ['fault']],
])('LD_PRELOAD=%s', (libraries, expected) => {
  expect(grades(preloaded(libraries))).toEqual(expected);
});

test('a node that gives no answer is a warning beside a good one, a node of another network is not', () => {
  const dead = fault('dead', 'mend it');
  const foreign = fault('node is of another network: 0x07', 'compare');
  expect(grades(besideGoodOnes([dead]))).toEqual(['fault']);
  expect(grades(besideGoodOnes([dead, good('a'), foreign]))).toEqual(['warning', 'good', 'fault']);
});

describe('swap', () => {
  const HEAD = 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority';

  test.each([
    ['none', HEAD, ['good']],
    ['in memory', `${HEAD}\n/dev/zram0 partition 100 0 -2`, ['good']],
    ['a partition', `${HEAD}\n/dev/sda2 partition 100 0 -2`, ['warning']],
    ['a file and memory', `${HEAD}\n/dev/zram0 partition 1 0 5\n/swap.img file 100 0 -2`, ['warning']],
    ['a mapped device', `${HEAD}\n/dev/dm-1 partition 100 0 -2`, ['note']],
    ['another system', null, []],
  ])('%s', (_what, swaps, expected) => {
    expect(grades(judgeSwap(swaps, null))).toEqual(expected);
  });

  test('that the service is kept from does not matter', () => {
    expect(grades(judgeSwap(`${HEAD}\n/swap.img file 100 0 -2`, '0'))).toEqual(['good']);
  });
});

test.each([
  ['MemAvailable:    8000000 kB', ['good']],
  ['MemAvailable:     500000 kB', ['warning']],
  ['', []],
])('memory: %s', (meminfo, expected) => {
  expect(grades(judgeFree(meminfo))).toEqual(expected);
});

describe('limits', () => {
  const limits = (files: string, core: string) =>
    [
      'Limit                     Soft Limit           Hard Limit           Units     ',
      `Max core file size        ${core.padEnd(20)} unlimited            bytes     `,
      `Max open files            ${files.padEnd(20)} 1048576              files     `,
    ].join('\n');

  test.each([
    ['65536', '0', ['good', 'good']],
    ['unlimited', '0', ['good', 'good']],
    ['1024', '0', ['warning', 'good']],
    ['64', '0', ['fault', 'good']],
    ['65536', 'unlimited', ['good', 'warning']],
    ['65536', '1000', ['good', 'warning']],
  ])('%s files, %s bytes of core', (files, core, expected) => {
    expect(grades(judgeLimits(limits(files, core), 'it'))).toEqual(expected);
  });
});
