import { coreError } from '../core-errors.ts';
import type { Settings } from './settings.ts';

/**
 * The port of /metrics in force: as Web3Signer has it, the one after the HTTP port unless it is named.
 * @throws CONFIG_INVALID when there is none after it
 */
export function metricsPort(settings: Pick<Settings, 'http-port' | 'metrics-port'>): number {
  const { 'http-port': http, 'metrics-port': named } = settings;
  if (named !== null) return named;
  if (http === 65535)
    throw coreError('CONFIG_INVALID', 'metrics-port must be given: there is none after http-port 65535');
  return http === 0 ? 0 : http + 1;
}
