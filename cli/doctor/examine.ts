import { isVigilError } from '../../core/errors.ts';
import { fault, type Finding } from './finding.ts';
import type { Check, Patient } from './patient.ts';

/** Longer than any node or disk that is still of use takes. */
const PATIENCE_MS = 30_000;

export interface Examined {
  readonly check: string;
  readonly findings: readonly Finding[];
}

/**
 * Looks at everything, one after the other, so that no look spoils the timing of another.
 * @param onCheck told of each before it begins
 */
export async function examine(
  patient: Patient,
  checks: readonly Check[],
  onCheck: (name: string, index: number) => void = () => undefined,
): Promise<Examined[]> {
  const examined: Examined[] = [];
  for (const [index, check] of checks.entries()) {
    onCheck(check.name, index);
    examined.push({ check: check.name, findings: await inspected(check, patient) });
  }
  return examined;
}

async function inspected(check: Check, patient: Patient): Promise<readonly Finding[]> {
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
    return await Promise.race([Promise.resolve(check.inspect(patient)), patience.promise]);
  } catch (error) {
    return [faultOf(error)];
  } finally {
    clearTimeout(timer);
  }
}

/** What somebody threw, as a finding. */
export function faultOf(error: unknown): Finding {
  if (isVigilError(error)) return fault(error.message, error.hint);
  return fault(
    `it could not be looked at: ${(error as Error).message}`,
    'Run the doctor as the user of the service, or as root.',
  );
}
