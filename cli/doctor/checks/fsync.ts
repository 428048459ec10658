import { closeSync, fdatasyncSync, openSync, realpathSync, rmSync, writeSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fault, good, note, warning, type Finding } from '../finding.ts';
import type { Check, Patient } from '../patient.ts';
import { readProc } from '../read-proc.ts';

const WRITES = 40;
const PAGE = Buffer.alloc(4096, 1);
/** No disk answers faster; what has a battery may. */
const TOO_FAST_MS = 0.02;
const SLOW_MS = 20;
const TOO_SLOW_MS = 200;

/** Whether a write that was reported durable is, as far as that can be told without cutting the power. */
export const fsync: Check = {
  name: 'durable writes',
  inspect: (patient) => {
    const dataDir = patient.settings['data-dir'];
    return [
      ...preloaded(process.env['LD_PRELOAD'] ?? ''),
      ...barriers(patient, dataDir),
      judgeWrites(writeTimes(dataDir)),
    ];
  },
};

export function preloaded(libraries: string): Finding[] {
  if (!/eatmydata|nosync/i.test(libraries)) return [];
  return [
    fault(
      `LD_PRELOAD has ${libraries}: nothing is made durable`,
      'Start Vigil without it, in its service too.',
    ),
  ];
}

/** Of the file system that a folder is on. */
function barriers(patient: Patient, folder: string): Finding[] {
  const real = `${realpathSync(folder)}/`;
  const [mount] = (readProc(patient, 'self/mounts') ?? '')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, point = '']) => real.startsWith(point === '/' ? '/' : `${point}/`))
    .sort(([, a = ''], [, b = '']) => b.length - a.length);
  const options = (mount?.[3] ?? '').split(',');
  const off = options.find((option) => /^(nobarrier|barrier=0)$/.test(option));
  if (off === undefined) return [];
  return [
    fault(
      `${mount?.[1] ?? folder} is mounted with ${off}: a power cut may take what was reported as written`,
      'Mount it without that option.',
    ),
  ];
}

/** Milliseconds of each durable write of a page. */
function writeTimes(folder: string): number[] {
  const path = join(folder, `.doctor.${randomUUID()}.tmp`);
  const file = openSync(path, 'wx', 0o600);
  // Whatever ends the doctor from here on, nothing stays behind.
  rmSync(path);
  try {
    return Array.from({ length: WRITES }, () => {
      const start = performance.now();
      writeSync(file, PAGE);
      fdatasyncSync(file);
      return performance.now() - start;
    });
  } finally {
    closeSync(file);
  }
}

export function judgeWrites(times: readonly number[]): Finding {
  const sorted = times.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const slowest = sorted.at(-1) ?? 0;
  const took = `a durable write takes ${median.toFixed(2)} ms, the slowest of ${times.length} took ${slowest.toFixed(1)} ms`;
  if (median < TOO_FAST_MS) {
    return warning(
      `${took}: faster than a disk can be`,
      'See whether the virtual disk ignores flushes (cache=unsafe) or the file system has them off.',
    );
  }
  if (median > TOO_SLOW_MS) {
    return fault(took, 'Use a local SSD: every signature waits for one of these.');
  }
  if (median > SLOW_MS) {
    return warning(took, 'Signatures of a slot share one of these, but each waits for it: an SSD is better.');
  }
  if (slowest > TOO_SLOW_MS) return note(`${took}: others use the disk`, null);
  return good(took);
}
