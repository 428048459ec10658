/**
 * How often the watchdog wants to be fed, in milliseconds: three times in the time that it waits, so that one late test
 * does no harm. Null when there is none, or it waits for another process.
 */
export function watchdogIntervalMs(
  environment: Readonly<Record<string, string | undefined>>,
  pid: number = process.pid,
): number | null {
  const { WATCHDOG_USEC: usec, WATCHDOG_PID: watched, VIGIL_LAUNCHER_PID: launcher } = environment;
  if (usec === undefined || !/^[1-9][0-9]{0,15}$/.test(usec)) return null;
  if (watched !== undefined && watched !== String(pid) && watched !== launcher) return null;
  return Math.max(1, Math.floor(Number(usec) / 3000));
}
