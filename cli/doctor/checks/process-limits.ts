import { fault, good, warning, type Finding } from '../finding.ts';
import type { Check } from '../patient.ts';
import { readProc } from '../read-proc.ts';
import { serviceProperty } from '../service.ts';

const WANTED_FILES = 4096;
const LEAST_FILES = 256;

/** Of the service if it runs, else of this shell, which a signer started from here would have. */
export const processLimits: Check = {
  name: 'limits',
  inspect: async (patient) => {
    const main = await serviceProperty('MainPID');
    const pid = main === '0' ? null : main;
    const limits = readProc(patient, `${pid ?? 'self'}/limits`);
    if (limits === null) return [];
    return judgeLimits(limits, pid === null ? 'a signer started from this shell' : 'the service');
  },
};

/** @param limits as `/proc/PID/limits` */
export function judgeLimits(limits: string, whose: string): Finding[] {
  const files = soft(limits, 'Max open files');
  const core = soft(limits, 'Max core file size');
  return [openFiles(files, whose), ...(core === 0 ? [good(`${whose} leaves no core dump`)] : [dumps(whose)])];
}

function openFiles(files: number, whose: string): Finding {
  const found = `${whose} may have ${files === Infinity ? 'any number of' : files} files and connections open`;
  const mend = 'Raise it: LimitNOFILE=65536 in the unit, or ulimit -n 65536.';
  if (files < LEAST_FILES) return fault(found, mend);
  return files < WANTED_FILES ? warning(found, mend) : good(found);
}

const dumps = (whose: string): Finding =>
  warning(
    `${whose} leaves a core dump when it crashes, with all keys in it`,
    'LimitCORE=0 in the unit (vigil install systemd has it), or ulimit -c 0.',
  );

function soft(limits: string, name: string): number {
  const line = limits.split('\n').find((each) => each.startsWith(name)) ?? '';
  const [value = '0'] = line.slice(name.length).trim().split(/\s+/);
  return value === 'unlimited' ? Infinity : Number(value);
}
