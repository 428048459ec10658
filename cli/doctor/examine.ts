import { isVigilError } from '../../core/errors.ts';
import { fault, type Finding } from './finding.ts';
import type { Check, Patient } from './patient.ts';

/** Longer than any node that is still of use takes, and than what asks one waits. */
const PATIENCE_MS = 45_000;

export interface Examined {
  readonly check: string;
  readonly findings: readonly Finding[];
}

/**
 * Looks at everything, one after the other, so that no look spoils the timing of another.
 * @param onExamined told of each when it is through: a disk that hangs holds up everything behind it
 */
export async function examine(
  patient: Patient,
  checks: readonly Check[],
  onExamined: (examined: Examined) => void = () => undefined,
): Promise<Examined[]> {
  const examined: Examined[] = [];
  for (const check of checks) {
    const one = { check: check.name, findings: await inspected(check, patient) };
    examined.push(one);
    onExamined(one);
  }
  return examined;
}

async function inspected(check: Check, patient: Patient): Promise<readonly Finding[]> {
  // To open all keystores or to follow all of the history takes what it takes.
  if (patient.thorough) return attempted(check, patient);
  const patience = Promise.withResolvers<readonly Finding[]>();
  const timer = setTimeout(
    () =>
      patience.resolve([
        fault(
          `no result within ${PATIENCE_MS / 1000} seconds`,
          'Find out what hangs: a disk, a file server or a node.',
        ),
      ]),
    PATIENCE_MS,
  );
  try {
    return await Promise.race([attempted(check, patient), patience.promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function attempted(check: Check, patient: Patient): Promise<readonly Finding[]> {
  try {
    return await check.inspect(patient);
  } catch (error) {
    return [faultOf(error)];
  }
}

/** What to do about an error of the system. */
const MENDS: Readonly<Record<string, string>> = {
  EACCES: 'Run the doctor as the user of the service, or as root.',
  EPERM: 'Run the doctor as the user of the service, or as root.',
  EROFS: 'The file system is mounted read-only: find out why (dmesg), then mount it for writing.',
  ENOSPC: 'Make room on the disk.',
  ENOENT: 'Check the path; `vigil init` makes a new data directory.',
};

/** What somebody threw, as a finding. */
export function faultOf(error: unknown): Finding {
  if (isVigilError(error)) return fault(error.message, error.hint);
  return fault(
    `it could not be looked at: ${(error as Error).message}`,
    MENDS[(error as NodeJS.ErrnoException).code ?? ''] ?? 'See what the message names.',
  );
}
