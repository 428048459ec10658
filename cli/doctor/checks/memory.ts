import { good, note, warning, type Finding } from '../finding.ts';
import type { Check } from '../patient.ts';
import { readProc } from '../read-proc.ts';
import { serviceProperty } from '../service.ts';

const WANTED_MIB = 1024;

/** Whether keys in memory could end up on a disk, and whether there is memory. */
export const memory: Check = {
  name: 'memory',
  inspect: async (patient) => [
    ...judgeSwap(readProc(patient, 'swaps'), await serviceProperty('MemorySwapMax')),
    ...judgeFree(readProc(patient, 'meminfo')),
  ],
};

/**
 * @param swaps as `/proc/swaps`: a line of titles, then one for each
 * @param serviceMax what the service may have swapped; null: there is no service
 */
export function judgeSwap(swaps: string | null, serviceMax: string | null): Finding[] {
  if (swaps === null) return [];
  const places = swaps
    .split('\n')
    .slice(1)
    .map((line) => line.split(/\s+/)[0] ?? '')
    .filter((place) => place !== '');
  const onDisk = places.filter((place) => !/^\/dev\/zram/.test(place));
  if (onDisk.length === 0)
    return [good(places.length === 0 ? 'nothing is swapped' : 'what is swapped stays in memory')];
  if (serviceMax === '0') return [good('the service is kept from swap')];
  const mapped = onDisk.every((place) => place.startsWith('/dev/dm-') || place.startsWith('/dev/mapper/'));
  const found = `memory, keys included, may be swapped to ${onDisk.join(', ')}`;
  if (mapped)
    return [note(`${found}, which may be encrypted`, 'See that it is: lsblk -o NAME,TYPE shows crypt.')];
  return [
    warning(
      found,
      'swapoff -a, or encrypt it, or MemorySwapMax=0 in the unit (vigil install systemd has it).',
    ),
  ];
}

/** @param meminfo as `/proc/meminfo` */
export function judgeFree(meminfo: string | null): Finding[] {
  const available = /^MemAvailable:\s+(\d+) kB$/m.exec(meminfo ?? '')?.[1];
  if (available === undefined) return [];
  const mib = Math.floor(Number(available) / 1024);
  const found = `${mib} MiB of memory are available`;
  if (mib >= WANTED_MIB) return [good(found)];
  return [
    warning(
      found,
      'Keystores with scrypt take 256 MiB each while they are opened, one for each core at a time.',
    ),
  ];
}
