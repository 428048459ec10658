import { good, warning, type Finding } from '../finding.ts';
import type { Check } from '../patient.ts';
import { readProc } from '../read-proc.ts';

interface Wanted {
  readonly path: string;
  readonly ok: (value: string) => boolean;
  readonly why: string;
  readonly mend: string;
}

/** What keeps other programs of this machine from the memory of the signer. */
const WANTED: readonly Wanted[] = [
  {
    path: 'sys/kernel/yama/ptrace_scope',
    ok: (value) => value !== '0',
    why: 'a program of the same user may read the keys out of the memory of the signer',
    mend: 'sysctl -w kernel.yama.ptrace_scope=1, and in /etc/sysctl.d',
  },
  {
    path: 'sys/kernel/randomize_va_space',
    ok: (value) => value === '2',
    why: 'programs are at places in memory that can be guessed',
    mend: 'sysctl -w kernel.randomize_va_space=2, and in /etc/sysctl.d',
  },
  {
    path: 'sys/fs/suid_dumpable',
    ok: (value) => value !== '1',
    why: 'programs with privileges leave core dumps that others may read',
    mend: 'sysctl -w fs.suid_dumpable=0, and in /etc/sysctl.d',
  },
];

export const kernel: Check = {
  name: 'kernel',
  inspect: (patient) => {
    const findings = WANTED.flatMap(({ path, ok, why, mend }): Finding[] => {
      const value = readProc(patient, path);
      return value === null || ok(value)
        ? []
        : [warning(`${path.slice(4).replaceAll('/', '.')} is ${value}: ${why}`, mend)];
    });
    return findings.length === 0 ? [good('its settings are fit')] : findings;
  },
};
